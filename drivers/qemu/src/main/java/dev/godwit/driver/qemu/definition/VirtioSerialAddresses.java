package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives every virtio channel a port on a virtio-serial controller.
 *
 * <p>Port 0 stays free: it is the console's by the device's own rules.
 */
final class VirtioSerialAddresses implements CompletionStep {

    /** Ports of a controller that does not say how many it has. */
    private static final int DEFAULT_PORTS = 31;

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        Map<Integer, Set<Integer>> taken = new HashMap<>();
        List<Device> controllers = draft.devices("controller").stream()
                .filter(controller -> controller.is("type", "virtio-serial"))
                .toList();
        for (String kind : List.of("console", "channel")) {
            for (Device device : draft.devices(kind)) {
                if (isComplete(device)) {
                    int index = ImplicitControllers.addressNumber(device, "controller");
                    int port = ImplicitControllers.addressNumber(device, "port");
                    if (!taken.computeIfAbsent(index, _ -> new HashSet<>()).add(port)) {
                        throw Refusal.xml(
                                "virtio serial port %d on controller %d is already occupied".formatted(port, index));
                    }
                }
            }
        }
        for (Device channel : draft.devices("channel")) {
            if (channel.childIs("target", "type", "virtio") && !isComplete(channel)) {
                assign(channel, controllers, taken);
            }
        }
    }

    private static boolean isComplete(Device device) {
        return device.addressType().equals("virtio-serial")
                && ImplicitControllers.addressNumber(device, "port") != 0;
    }

    private static void assign(Device channel, List<Device> controllers, Map<Integer, Set<Integer>> taken) {
        boolean bound = channel.addressType().equals("virtio-serial");
        for (Device controller : controllers) {
            int index = controller.index();
            if (bound && index != ImplicitControllers.addressNumber(channel, "controller")) {
                continue;
            }
            int ports = controller.attr("ports")
                    .map(text -> Numbers.parse(text, "ports", "controller"))
                    .orElse(DEFAULT_PORTS);
            Set<Integer> used = taken.computeIfAbsent(index, _ -> new HashSet<>());
            for (int port = 1; port < ports; port++) {
                if (used.add(port)) {
                    channel.setAddress(Element.of("address")
                            .withAttr("type", "virtio-serial")
                            .withAttr("controller", index)
                            .withAttr("bus", 0)
                            .withAttr("port", port));
                    return;
                }
            }
        }
        throw Refusal.xml("Unable to find a free virtio-serial port");
    }
}

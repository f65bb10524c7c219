package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Gives every USB device a port. A port is a path of numbers: {@code 2.5} is port 5 of the hub on port 2.
 *
 * <p>Where the controllers have too few ports, hubs are added.
 */
final class UsbAddresses implements CompletionStep {

    private static final int HUB_PORTS = 8;

    /** USB allows five hubs between a controller and a device; libvirt takes paths of four ports. */
    private static final int MAX_DEPTH = 4;

    private static final List<String> KINDS =
            List.of("disk", "sound", "smartcard", "serial", "input", "redirdev");

    /** The ports of a controller or a hub; what is plugged in where. */
    private static final class Hub {

        private final boolean[] taken;
        private final Map<Integer, Hub> hubs = new TreeMap<>();

        Hub(int ports) {
            taken = new boolean[ports + 1];
        }

        int ports() {
            return taken.length - 1;
        }

        Optional<List<Integer>> free(int depth) {
            for (int port = 1; port <= ports(); port++) {
                if (!taken[port]) {
                    return Optional.of(List.of(port));
                }
            }
            if (depth + 1 < MAX_DEPTH) {
                for (Map.Entry<Integer, Hub> entry : hubs.entrySet()) {
                    Optional<List<Integer>> below = entry.getValue().free(depth + 1);
                    if (below.isPresent()) {
                        List<Integer> path = new ArrayList<>(List.of(entry.getKey()));
                        path.addAll(below.get());
                        return Optional.of(path);
                    }
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        List<Device> usb = new ArrayList<>();
        KINDS.forEach(kind -> draft.devices(kind).stream().filter(UsbAddresses::isUsb).forEach(usb::add));
        List<Device> hubs = draft.devices("hub");
        if (usb.isEmpty() && hubs.isEmpty()) {
            return;
        }
        Map<Integer, Hub> buses = buses(draft);
        if (buses.isEmpty()) {
            throw Refusal.unsupported("USB is disabled for this domain, but USB devices are present in the domain XML");
        }
        addHubs(draft, buses, usb.size());
        for (Device hub : hubs) {
            if (path(hub).isPresent()) {
                take(hub, buses);
                plug(hub, buses);
            }
        }
        usb.stream().filter(device -> path(device).isPresent()).forEach(device -> take(device, buses));
        for (Device hub : hubs) {
            if (path(hub).isEmpty()) {
                assign(hub, buses);
                plug(hub, buses);
            }
        }
        usb.stream().filter(device -> path(device).isEmpty()).forEach(device -> assign(device, buses));
    }

    private static boolean isUsb(Device device) {
        return switch (device.kind()) {
            case "disk" -> device.childIs("target", "bus", "usb");
            case "serial" -> device.childIs("target", "type", "usb-serial");
            case "sound" -> device.is("model", "usb");
            case "input", "redirdev" -> device.is("bus", "usb");
            default -> false;
        };
    }

    private static Map<Integer, Hub> buses(Draft draft) {
        Map<Integer, Hub> buses = new TreeMap<>();
        for (Device controller : draft.devices("controller")) {
            int ports = controller.is("type", "usb") ? ports(controller) : 0;
            if (ports > 0) {
                buses.put(controller.index(), new Hub(ports));
            }
        }
        return buses;
    }

    private static int ports(Device controller) {
        return switch (controller.attr("model", "")) {
            case "", "piix3-uhci", "piix4-uhci", "vt82c686b-uhci" -> 2;
            case "ehci", "ich9-ehci1" -> 6;
            case "pci-ohci" -> 3;
            case "qemu-xhci", "nec-xhci" -> controller
                    .attr("ports")
                    .map(text -> Numbers.parse(text, "ports", "controller"))
                    .orElse(4);
            default -> 0;
        };
    }

    /** A hub takes a port and gives eight. */
    private static void addHubs(Draft draft, Map<Integer, Hub> buses, int devices) {
        int needed = devices + draft.devices("hub").size();
        int available = buses.values().stream().mapToInt(Hub::ports).sum() + draft.devices("hub").size() * HUB_PORTS;
        if (needed > available) {
            int missing = needed - available + 1;
            int count = (missing + HUB_PORTS - 2) / (HUB_PORTS - 1);
            for (int i = 0; i < count; i++) {
                draft.add(new Device(Element.of("hub").withAttr("type", "usb")));
            }
        }
    }

    private static Optional<List<Integer>> path(Device device) {
        return device.address()
                .filter(address -> address.attrIs("type", "usb"))
                .flatMap(address -> address.attr("port"))
                .map(text -> {
                    List<Integer> path = new ArrayList<>();
                    for (String part : text.split("\\.")) {
                        path.add(Numbers.parse(part, "port", "address"));
                    }
                    return path;
                });
    }

    private static Hub find(Device device, Map<Integer, Hub> buses, List<Integer> path) {
        int index = ImplicitControllers.addressNumber(device, "bus");
        Hub hub = buses.get(index);
        if (hub == null) {
            throw Refusal.xml("USB bus %d requested but no controller with that index is present".formatted(index));
        }
        for (int step : path.subList(0, path.size() - 1)) {
            hub = hub.hubs.get(step);
            if (hub == null) {
                throw Refusal.xml("there is no hub at port %d in USB address bus: %d".formatted(step, index));
            }
        }
        int port = path.getLast();
        if (port < 1 || port > hub.ports()) {
            throw Refusal.xml("requested USB port %d not present on USB bus %d".formatted(port, index));
        }
        return hub;
    }

    private static void take(Device device, Map<Integer, Hub> buses) {
        List<Integer> path = path(device).orElseThrow();
        Hub hub = find(device, buses, path);
        if (hub.taken[path.getLast()]) {
            throw Refusal.xml("Duplicate USB address bus %d port %s"
                    .formatted(ImplicitControllers.addressNumber(device, "bus"), text(path)));
        }
        hub.taken[path.getLast()] = true;
    }

    private static void plug(Device device, Map<Integer, Hub> buses) {
        List<Integer> path = path(device).orElseThrow();
        find(device, buses, path).hubs.put(path.getLast(), new Hub(HUB_PORTS));
    }

    private static void assign(Device device, Map<Integer, Hub> buses) {
        boolean bound = device.addressType().equals("usb");
        for (Map.Entry<Integer, Hub> bus : buses.entrySet()) {
            if (bound && bus.getKey() != ImplicitControllers.addressNumber(device, "bus")) {
                continue;
            }
            Optional<List<Integer>> free = bus.getValue().free(0);
            if (free.isPresent()) {
                device.setAddress(Element.of("address")
                        .withAttr("type", "usb")
                        .withAttr("bus", bus.getKey())
                        .withAttr("port", text(free.get())));
                take(device, buses);
                return;
            }
        }
        throw Refusal.internal("No free USB ports");
    }

    private static String text(List<Integer> path) {
        return String.join(".", path.stream().map(String::valueOf).toList());
    }
}

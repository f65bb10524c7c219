package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Serial ports, consoles and channels, each taken for itself; {@link ConsoleCompletion} ties them together. */
final class CharacterDeviceCompletion implements CompletionStep {

    /** Serial ports of a PC. */
    private static final int MAX_ISA_PORTS = 4;

    private static final Set<String> BACKENDS = Set.of(
            "null", "vc", "pty", "dev", "file", "pipe", "stdio", "udp", "tcp", "unix", "spicevmc", "spiceport", "nmdm",
            "qemu-vdagent", "dbus");

    private static final Map<String, String> SERIAL_MODELS =
            Map.of("isa-serial", "isa-serial", "usb-serial", "usb-serial", "pci-serial", "pci-serial", "isa-debug",
                    "isa-debugcon");

    private static final Set<String> CHANNEL_TARGETS = Set.of("virtio", "guestfwd", "xen");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (String kind : List.of("serial", "parallel", "console", "channel")) {
            draft.devices(kind).forEach(CharacterDeviceCompletion::completeBackend);
        }
        completeSerials(draft.devices("serial"));
        draft.devices("channel").forEach(CharacterDeviceCompletion::checkChannel);
    }

    private static void completeBackend(Device device) {
        String type = device.attr("type", "pty");
        if (!BACKENDS.contains(type)) {
            throw Refusal.unsupported("unknown type presented to host for character device: " + type);
        }
        device.change(xml -> xml.withAttr("type", type));
        boolean needsPath = type.equals("file") || type.equals("pipe") || type.equals("dev");
        if (needsPath && device.childAttr("source", "path").filter(path -> !path.isEmpty()).isEmpty()) {
            throw Refusal.internal("Missing source path attribute for char device");
        }
        boolean tcp = type.equals("tcp");
        if (tcp && device.childAttr("source", "host").isEmpty() && device.childIs("source", "mode", "connect")) {
            throw Refusal.internal("Missing source host attribute for char device");
        }
        if (tcp && device.childAttr("source", "service").isEmpty()) {
            throw Refusal.internal("Missing source service attribute for char device");
        }
        // A socket without a path gets one when the guest starts; then its mode is given as well.
        if (type.equals("unix") && device.childAttr("source", "path").isEmpty()) {
            device.change(xml -> xml.without("source"));
        }
    }

    private static void completeSerials(List<Device> serials) {
        for (Device serial : serials) {
            String type = serial.childAttr("target", "type").orElse("isa-serial");
            if (!SERIAL_MODELS.containsKey(type)) {
                throw Refusal.unsupported(
                        "unknown target type '%s' specified for character device".formatted(type));
            }
            serial.change(xml -> xml.mapOrAdd("target", target -> typed(target, type)));
        }
        numberIsaPorts(serials.stream().filter(serial -> serial.childIs("target", "type", "isa-serial")).toList());
        for (Device serial : serials) {
            if (serial.childAttr("target", "port").isEmpty()) {
                int port = serials.stream().mapToInt(CharacterDeviceCompletion::port).max().orElse(-1) + 1;
                serial.setChildAttr("target", "port", Integer.toString(port));
            }
        }
    }

    /** Type first, then port, as libvirt writes them; the model of the type inside. */
    private static Element typed(Element target, String type) {
        Element typed = target.withoutAttr("type").withoutAttr("port").withAttr("type", type);
        typed = target.attr("port").isPresent() ? typed.withAttr("port", target.attr("port", "")) : typed;
        return typed.has("model")
                ? typed
                : typed.withFirst(Element.of("model").withAttr("name", SERIAL_MODELS.get(type)));
    }

    private static int port(Device device) {
        return device.childAttr("target", "port").map(text -> Numbers.parse(text, "port", "target")).orElse(-1);
    }

    /** Ports that are not given get the next number, or a gap when the numbers are used up. */
    private static void numberIsaPorts(List<Device> serials) {
        Set<Integer> taken = new HashSet<>();
        for (Device serial : serials) {
            int port = port(serial);
            if (port >= MAX_ISA_PORTS) {
                throw Refusal.internal(
                        "Maximum supported number of ISA serial ports is '%d'".formatted(MAX_ISA_PORTS));
            }
            if (port >= 0 && !taken.add(port)) {
                throw Refusal.internal("target port '%d' already allocated".formatted(port));
            }
        }
        for (Device serial : serials) {
            if (port(serial) >= 0) {
                continue;
            }
            int next = taken.stream().mapToInt(Integer::intValue).max().orElse(-1) + 1;
            serial.setChildAttr("target", "port", Integer.toString(next));
            taken.add(next);
        }
    }

    private static void checkChannel(Device channel) {
        String type = channel.childAttr("target", "type")
                .orElseThrow(() -> Refusal.xml("target type must be specified for channel device"));
        if (!CHANNEL_TARGETS.contains(type)) {
            throw Refusal.unsupported("unknown target type '%s' specified for character device".formatted(type));
        }
    }
}

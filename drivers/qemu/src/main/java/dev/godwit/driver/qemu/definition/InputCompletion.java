package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import java.util.Set;

/** Mice, keyboards and tablets: the bus they sit on. */
final class InputCompletion implements CompletionStep {

    private static final Set<String> TYPES = Set.of("mouse", "tablet", "keyboard", "passthrough", "evdev");
    private static final Set<String> BUSES = Set.of("ps2", "usb", "xen", "parallels", "virtio", "none");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (Device input : draft.devices("input")) {
            String type = input.attr("type")
                    .orElseThrow(() -> Refusal.internal("missing input device type"));
            if (!TYPES.contains(type)) {
                throw Refusal.unsupported("unknown input device type '%s'".formatted(type));
            }
            String bus = input.attr("bus").orElseGet(() -> defaultBus(type));
            if (!BUSES.contains(bus)) {
                throw Refusal.unsupported("unknown input bus type '%s'".formatted(bus));
            }
            if (type.equals("tablet") && bus.equals("ps2")) {
                throw Refusal.unsupported("ps2 bus does not support tablet input device");
            }
            if (!bus.equals("none")) {
                input.change(xml -> xml.withAttr("bus", bus));
            }
            if (bus.equals("usb") && usbDisabled(draft)) {
                throw Refusal.unsupported("Can't add USB input device. USB bus is disabled");
            }
        }
    }

    private static String defaultBus(String type) {
        return switch (type) {
            case "mouse", "keyboard" -> "ps2";
            case "passthrough" -> "virtio";
            case "evdev" -> "none";
            default -> "usb";
        };
    }

    private static boolean usbDisabled(Draft draft) {
        return draft.devices("controller").stream()
                .anyMatch(controller -> controller.is("type", "usb") && controller.is("model", "none"));
    }
}

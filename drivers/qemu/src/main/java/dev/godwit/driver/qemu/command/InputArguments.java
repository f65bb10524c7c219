package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** Mice, keyboards and tablets. Those on PS/2 are part of the board. */
final class InputArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("input")
                .with("type", "mouse", "keyboard", "tablet")
                .with("bus", "ps2", "usb", "virtio"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element input : guest.devices("input")) {
            String type = input.attr("type", "");
            String bus = input.attr("bus", "");
            if (bus.equals("ps2")) {
                continue;
            }
            String driver = bus.equals("usb")
                    ? "usb-" + (type.equals("keyboard") ? "kbd" : type)
                    : "virtio-" + type + "-pci";
            Json.Obj device = Json.EMPTY.with("driver", driver).with("id", Guest.alias(input));
            out.device(guest.withAddress(device, input));
        }
    }
}

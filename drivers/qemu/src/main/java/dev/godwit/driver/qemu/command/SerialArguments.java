package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** Serial ports. */
final class SerialArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(CharacterBackend.shape("serial")
                .child(Shape.of("target")
                        .with("type", "isa-serial", "usb-serial", "pci-serial")
                        .with("port")
                        .child(Shape.of("model").with("name", "isa-serial", "usb-serial", "pci-serial"))));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element serial : guest.devices("serial")) {
            CharacterBackend.append(guest, serial, out);
            String model = Guest.attr(serial, "target", "type");
            Json.Obj device = Json.EMPTY.with("driver", model)
                    .with("chardev", CharacterBackend.id(serial))
                    .with("id", Guest.alias(serial));
            if (model.equals("isa-serial")) {
                device = device.with("index", Guest.number(Guest.attr(serial, "target", "port")));
            }
            out.device(guest.withAddress(device, serial));
        }
    }
}

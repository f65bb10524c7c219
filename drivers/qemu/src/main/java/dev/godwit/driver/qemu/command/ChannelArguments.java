package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** Named ports between guest and host; the guest agent listens on one. */
final class ChannelArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(CharacterBackend.shape("channel")
                .child(Shape.of("target").with("type", "virtio").with("name").with("state")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element channel : guest.devices("channel")) {
            CharacterBackend.append(guest, channel, out);
            out.device(port(guest, channel, "virtserialport")
                    .withText("name", Guest.optionalAttr(channel, "target", "name")));
        }
    }

    /** A port of a virtio-serial controller. */
    static Json.Obj port(Guest guest, Element device, String driver) {
        Json.Obj port = Json.EMPTY.with("driver", driver);
        if (Guest.attr(device, "address", "type").equals("virtio-serial")) {
            int controller = Guest.addressNumber(device, "controller");
            port = port.with(
                            "bus",
                            guest.controllerAlias("virtio-serial", controller) + "."
                                    + Guest.addressNumber(device, "bus"))
                    .with("nr", Guest.addressNumber(device, "port"));
        }
        return port.with("chardev", CharacterBackend.id(device)).with("id", Guest.alias(device));
    }
}

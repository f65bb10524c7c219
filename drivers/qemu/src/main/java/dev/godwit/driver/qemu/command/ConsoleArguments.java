package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;

/** Consoles. One that is a serial port in other words is made there. */
final class ConsoleArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(CharacterBackend.shape("console")
                .child(Shape.of("target").with("type", "serial", "virtio").with("port")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element console : guest.devices("console")) {
            if (Guest.attr(console, "target", "type").equals("virtio")) {
                CharacterBackend.append(guest, console, out);
                out.device(ChannelArguments.port(guest, console, "virtconsole"));
            }
        }
    }
}

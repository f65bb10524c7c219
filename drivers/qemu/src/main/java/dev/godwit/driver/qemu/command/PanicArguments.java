package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** The device by which a guest says that it has crashed. */
final class PanicArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("panic").with("model", "isa"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element panic : guest.devices("panic")) {
            Json.Obj device = Json.EMPTY.with("driver", "pvpanic");
            Optional<String> port = Guest.optionalAttr(panic, "address", "iobase");
            out.device(port.map(base -> device.with("ioport", Guest.number(base))).orElse(device));
        }
    }
}

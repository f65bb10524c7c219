package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** Sources of randomness. */
final class RngArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("rng")
                .with("model", "virtio")
                .child(Shape.of("rate").with("bytes").with("period"))
                .child(Shape.of("backend").with("model", "random", "builtin")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element rng : guest.devices("rng")) {
            String alias = Guest.alias(rng);
            Json.Obj source = Guest.attr(rng, "backend", "model").equals("builtin")
                    ? Json.EMPTY.with("qom-type", "rng-builtin").with("id", "obj" + alias)
                    : Json.EMPTY.with("qom-type", "rng-random")
                            .with("id", "obj" + alias)
                            .with("filename", rng.childText("backend").orElse("").strip());
            out.object(source);
            Json.Obj device =
                    Json.EMPTY.with("driver", "virtio-rng-pci").with("rng", "obj" + alias).with("id", alias);
            Optional<String> bytes = Guest.optionalAttr(rng, "rate", "bytes");
            if (bytes.isPresent()) {
                // A rate without a period is one a second.
                int period = Guest.optionalAttr(rng, "rate", "period").map(Guest::number).orElse(1000);
                device = device.with("max-bytes", Guest.number(bytes.get())).with("period", period);
            }
            out.device(guest.withAddress(device, rng));
        }
    }
}

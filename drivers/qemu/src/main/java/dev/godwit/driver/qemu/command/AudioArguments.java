package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** Where sound goes: nowhere. */
final class AudioArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("audio").with("id").with("type", "none"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element audio : guest.devices("audio")) {
            Json.Obj backend =
                    Json.EMPTY.with("id", "audio" + audio.attr("id", "1")).with("driver", audio.attr("type", "none"));
            out.add("-audiodev", backend.toString());
        }
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/**
 * The memory of the guest. Its block has the name that PCs give it by themselves; a migration sends it by that name.
 */
final class MemoryArguments implements Part {

    static final String RAM_ID = "pc.ram";

    @Override
    public List<Shape> shapes() {
        return List.of(
                Shape.of("memory").with("unit", "KiB").with("dumpCore", "on", "off"),
                Shape.of("currentMemory").with("unit", "KiB"),
                Shape.of("memoryBacking")
                        .child(Shape.of("nosharepages"))
                        .child(Shape.of("locked"))
                        .child(Shape.of("source").with("type", "anonymous", "memfd"))
                        .child(Shape.of("access").with("mode", "shared", "private")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        long kib = Long.parseLong(guest.domain().childText("memory").orElse("0").strip());
        out.add("-m", "size=" + kib + "k");
        Element backing = guest.domain().child("memoryBacking").orElse(Element.of("memoryBacking"));
        boolean memfd = backing.child("source").filter(source -> source.attrIs("type", "memfd")).isPresent();
        Json.Obj object = Json.EMPTY.with("qom-type", memfd ? "memory-backend-memfd" : "memory-backend-ram")
                .with("id", RAM_ID);
        String access = Guest.attr(backing, "access", "mode");
        if (!access.isEmpty()) {
            object = object.with("share", access.equals("shared"));
        }
        if (memfd) {
            // Blocks of this kind would otherwise be sent under the path of the object.
            object = object.with("x-use-canonical-path-for-ramblock-id", false);
        }
        out.object(object.with("size", kib * 1024));
        out.add("-overcommit", "mem-lock=" + (backing.has("locked") ? "on" : "off"));
    }
}

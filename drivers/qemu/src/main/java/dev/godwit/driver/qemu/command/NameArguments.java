package dev.godwit.driver.qemu.command;

import java.util.List;

/** The name and the UUID; and that the guest waits before its first instruction. */
final class NameArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("name"), Shape.of("uuid"), Shape.of("emulator"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        out.add("-name", "guest=" + Arguments.escaped(guest.name()) + ",debug-threads=on");
        if (guest.options().managed()) {
            out.add("-S");
        }
        out.add("-uuid", guest.domain().childText("uuid").orElse(""));
    }
}

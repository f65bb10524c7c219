package dev.godwit.driver.qemu.command;

/** Whether QEMU waits for a guest; where it listens is said over QMP. */
final class IncomingArguments implements Part {

    @Override
    public void append(Guest guest, Arguments out) {
        if (guest.options().incoming()) {
            out.add("-incoming", "defer");
        }
    }
}

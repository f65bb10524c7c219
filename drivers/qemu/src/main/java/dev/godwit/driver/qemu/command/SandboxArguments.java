package dev.godwit.driver.qemu.command;

/** What QEMU is forbidden to ask of the kernel. */
final class SandboxArguments implements Part {

    @Override
    public void append(Guest guest, Arguments out) {
        out.add("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        out.add("-msg", "timestamp=on");
    }
}

package dev.godwit.driver.qemu.command;

/** Where QEMU listens for the daemon, and what it takes from nowhere else. */
final class MonitorArguments implements Part {

    @Override
    public void append(Guest guest, Arguments out) {
        if (guest.devices("graphics").isEmpty()) {
            out.add("-display", "none");
        }
        out.add("-no-user-config", "-nodefaults");
        out.add("-chardev", "socket,id=charmonitor,path=" + Arguments.escaped(guest.options().monitorSocket())
                + ",server=on,wait=off");
        out.add("-mon", "chardev=charmonitor,id=monitor,mode=control");
    }
}

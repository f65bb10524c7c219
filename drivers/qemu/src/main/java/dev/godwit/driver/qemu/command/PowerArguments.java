package dev.godwit.driver.qemu.command;

import java.util.List;

/**
 * What happens when the guest turns itself off or restarts, and whether it can sleep.
 *
 * <p>QEMU stays after a power-off, so that the daemon learns about it before the process is gone. Without a daemon it ends.
 */
final class PowerArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(
                Shape.of("on_poweroff"),
                Shape.of("on_reboot"),
                Shape.of("on_crash"),
                Shape.of("pm")
                        .child(Shape.of("suspend-to-mem").with("enabled", "yes", "no"))
                        .child(Shape.of("suspend-to-disk").with("enabled", "yes", "no")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        if (guest.options().managed()) {
            out.add("-no-shutdown");
        }
        if (guest.domain().childText("on_reboot").map(String::strip).filter("destroy"::equals).isPresent()) {
            out.add("-no-reboot");
        }
        String chip = guest.isQ35() ? "ICH9-LPC" : "PIIX4_PM";
        sleep(guest, out, "suspend-to-mem", chip + ".disable_s3=");
        sleep(guest, out, "suspend-to-disk", chip + ".disable_s4=");
    }

    private static void sleep(Guest guest, Arguments out, String state, String property) {
        guest.domain().child("pm", state).flatMap(element -> element.attr("enabled")).ifPresent(enabled ->
                out.add("-global", property + (enabled.equals("no") ? 1 : 0)));
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;

/** How the firmware boots, or the kernel that is started in its place. */
final class BootArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("os")
                .child(Shape.of("type").with("arch").with("machine"))
                .child(Shape.of("kernel"))
                .child(Shape.of("initrd"))
                .child(Shape.of("cmdline"))
                .child(Shape.of("boot").with("dev", "hd", "cdrom", "network"))
                .child(Shape.of("bootmenu").with("enable", "yes", "no").with("timeout"))
                .child(Shape.of("bios").with("rebootTimeout"))
                .child(Shape.of("smbios").with("mode", "emulate")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        Element os = guest.domain().child("os").orElse(Element.of("os"));
        StringBuilder line = new StringBuilder();
        os.child("bootmenu").ifPresent(menu -> {
            boolean on = menu.attrIs("enable", "yes");
            line.append("menu=").append(on ? "on" : "off").append(',');
            menu.attr("timeout").filter(_ -> on).ifPresent(millis ->
                    line.append("splash-time=").append(millis).append(','));
        });
        os.child("bios").flatMap(bios -> bios.attr("rebootTimeout")).ifPresent(millis ->
                line.append("reboot-timeout=").append(millis).append(','));
        out.add("-boot", line.append("strict=on").toString());
        os.childText("kernel").map(String::strip).ifPresent(kernel -> out.add("-kernel", kernel));
        os.childText("initrd").map(String::strip).ifPresent(initrd -> out.add("-initrd", initrd));
        os.childText("cmdline").ifPresent(cmdline -> out.add("-append", cmdline));
    }
}

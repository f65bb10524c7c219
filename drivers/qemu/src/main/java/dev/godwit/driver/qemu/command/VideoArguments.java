package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** Video cards. The first one is what the firmware writes to. */
final class VideoArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("video")
                .child(Shape.of("model")
                        .with("type", "vga", "virtio", "cirrus", "bochs", "qxl", "none")
                        .with("ram")
                        .with("vram")
                        .with("vgamem")
                        .with("heads")
                        .with("primary", "yes", "no")
                        .child(Shape.of("resolution").with("x").with("y"))));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element video : guest.devices("video")) {
            String type = Guest.attr(video, "model", "type");
            if (!type.equals("none")) {
                boolean primary = Guest.attr(video, "model", "primary").equals("yes");
                Json.Obj device = Json.EMPTY.with("driver", driver(guest, type, primary))
                        .with("id", Guest.alias(video));
                out.device(guest.withAddress(withDetails(device, video, type), video));
            }
        }
    }

    private static String driver(Guest guest, String type, boolean primary) {
        return switch (type) {
            case "virtio" -> primary ? "virtio-vga" : "virtio-gpu-pci";
            case "bochs" -> "bochs-display";
            case "qxl" -> primary ? "qxl-vga" : "qxl";
            case "vga" -> onlyPrimary(guest, type, primary, "VGA");
            default -> onlyPrimary(guest, type, primary, "cirrus-vga");
        };
    }

    private static String onlyPrimary(Guest guest, String type, boolean primary, String driver) {
        if (!primary) {
            throw guest.unsupported("device <video><model type='%s'> that is not the first".formatted(type));
        }
        return driver;
    }

    private static Json.Obj withDetails(Json.Obj device, Element video, String type) {
        return switch (type) {
            case "vga" -> device.with("vgamem_mb", kib(video, "vram") / 1024);
            case "bochs" -> device.with("vgamem", kib(video, "vram") * 1024);
            case "virtio" -> withResolution(device.with("max_outputs", kib(video, "heads")), video);
            case "qxl" -> withResolution(
                    device.with("max_outputs", kib(video, "heads"))
                            .with("ram_size", kib(video, "ram") * 1024)
                            .with("vram_size", kib(video, "vram") * 1024)
                            .with("vram64_size_mb", 0)
                            .with("vgamem_mb", kib(video, "vgamem") / 1024),
                    video);
            default -> device;
        };
    }

    private static long kib(Element video, String attribute) {
        return Guest.optionalAttr(video, "model", attribute).map(Guest::number).orElse(1);
    }

    private static Json.Obj withResolution(Json.Obj device, Element video) {
        Optional<Element> resolution = video.child("model", "resolution");
        return resolution
                .map(element -> device.with("xres", Guest.number(element.attr("x", "0")))
                        .with("yres", Guest.number(element.attr("y", "0"))))
                .orElse(device);
    }
}

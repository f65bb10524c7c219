package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Attribute;
import dev.godwit.xml.Element;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Video cards: model and amounts of memory. A guest with graphics has one. */
final class VideoCompletion implements CompletionStep {

    private static final Set<String> TYPES = Set.of(
            "vga", "cirrus", "vmvga", "xen", "vbox", "qxl", "parallels", "virtio", "gop", "none", "bochs", "ramfb");

    private static final List<String> ORDER =
            List.of("type", "ram", "vram", "vram64", "vgamem", "heads", "primary", "blob", "edid");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        List<Device> videos = draft.devices("video");
        if (videos.isEmpty() && !draft.devices("graphics").isEmpty()) {
            videos.add(new Device(Element.of("video")));
        }
        boolean first = true;
        for (Device video : videos) {
            Element model = complete(video.xml().child("model").orElse(Element.of("model")), first, capabilities);
            video.change(xml -> xml.withReplaced(model));
            first = false;
        }
        if (videos.size() > 1 && videos.stream().anyMatch(video -> video.childIs("model", "type", "none"))) {
            throw Refusal.unsupported("a 'none' video type must be the only video device defined for the domain");
        }
    }

    private static Element complete(Element model, boolean primary, QemuCapabilities capabilities) {
        String type = model.attr("type").orElseGet(() -> capabilities.hasDevice("cirrus-vga") ? "cirrus" : "vga");
        if (!TYPES.contains(type)) {
            throw Refusal.badValue("model", "type", type);
        }
        if (type.equals("none")) {
            return Element.of("model").withAttr("type", "none");
        }
        Element complete = model.withAttr("type", type);
        switch (type) {
            case "vga", "cirrus", "vmvga", "bochs" -> complete = memory(complete, "vram", 16 * 1024);
            case "qxl" -> complete = memory(memory(memory(complete, "ram", 64 * 1024), "vram", 64 * 1024), "vgamem",
                    16 * 1024);
            default -> complete = complete.attr("vram").isPresent() ? memory(complete, "vram", 0) : complete;
        }
        complete = complete.withDefaultAttr("heads", "1");
        complete = primary ? complete.withAttr("primary", "yes") : complete.withoutAttr("primary");
        List<Attribute> sorted = new ArrayList<>(complete.attributes());
        sorted.sort(Comparator.comparingInt(attribute -> {
            int rank = ORDER.indexOf(attribute.name());
            return rank < 0 ? ORDER.size() : rank;
        }));
        return new Element(complete.name(), complete.namespace(), sorted, complete.children());
    }

    /** Video memory in KiB, a power of two. */
    private static Element memory(Element model, String attribute, int otherwise) {
        int given = model.attr(attribute).map(text -> Numbers.parse(text, attribute, "model")).orElse(0);
        int kib = given == 0 ? otherwise : given;
        boolean power = kib > 0 && (kib & kib - 1) == 0;
        if (!power && kib > 1 << 30) {
            throw Refusal.badValue("model", attribute, Integer.toString(kib));
        }
        int rounded = kib <= 1 || power ? kib : Integer.highestOneBit(kib) << 1;
        return attribute.equals("vgamem") ? model.withAttr(attribute, kib) : model.withAttr(attribute, rounded);
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** The memory balloon. How often it reports is set over QMP. */
final class BalloonArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("memballoon")
                .with("model", "virtio", "none")
                .with("autodeflate", "on", "off")
                .with("freePageReporting", "on", "off")
                .child(Shape.of("stats").with("period")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element balloon : guest.devices("memballoon")) {
            if (balloon.attrIs("model", "none")) {
                continue;
            }
            Json.Obj device = Json.EMPTY.with("driver", "virtio-balloon-pci").with("id", Guest.alias(balloon));
            if (balloon.attr("autodeflate").isPresent()) {
                device = device.with("deflate-on-oom", balloon.attrIs("autodeflate", "on"));
            }
            if (balloon.attr("freePageReporting").isPresent()) {
                device = device.with("free-page-reporting", balloon.attrIs("freePageReporting", "on"));
            }
            out.device(guest.withAddress(device, balloon));
        }
    }
}

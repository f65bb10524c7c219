package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** Watchdogs, and what they do when the guest forgets them. The one of the q35 board is only let loose. */
final class WatchdogArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("watchdog")
                .with("model", "i6300esb", "itco")
                .with("action", "reset", "shutdown", "poweroff", "pause", "none", "inject-nmi"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        List<Element> watchdogs = guest.devices("watchdog");
        for (Element watchdog : watchdogs) {
            if (watchdog.attrIs("model", "itco")) {
                out.add("-global", "ICH9-LPC.noreboot=off");
            } else {
                Json.Obj device = Json.EMPTY.with("driver", "i6300esb").with("id", Guest.alias(watchdog));
                out.device(guest.withAddress(device, watchdog));
            }
        }
        if (!watchdogs.isEmpty()) {
            out.add("-watchdog-action", watchdogs.getFirst().attr("action", "reset"));
        }
    }
}

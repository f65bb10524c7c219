package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;

/** USB hubs. */
final class HubArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("hub").with("type", "usb"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element hub : guest.devices("hub")) {
            Json.Obj device = Json.EMPTY.with("driver", "usb-hub").with("id", Guest.alias(hub));
            out.device(guest.withAddress(device, hub));
        }
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** Turns the kinds of devices that {@code <os>} lists into a number for the first device of each kind. */
final class BootOrder {

    private BootOrder() {}

    static Optional<Integer> of(Guest guest, Element device) {
        List<Element> kinds = guest.domain().child("os").map(os -> os.elements("boot")).orElse(List.of());
        for (int i = 0; i < kinds.size(); i++) {
            if (first(guest, kinds.get(i).attr("dev", "")).filter(element -> element == device).isPresent()) {
                return Optional.of(i + 1);
            }
        }
        return Optional.empty();
    }

    private static Optional<Element> first(Guest guest, String kind) {
        return switch (kind) {
            case "network" -> guest.devices("interface").stream().findFirst();
            case "cdrom" -> firstDisk(guest, "cdrom");
            case "hd" -> firstDisk(guest, "disk");
            default -> Optional.empty();
        };
    }

    private static Optional<Element> firstDisk(Guest guest, String device) {
        return guest.devices("disk").stream().filter(disk -> disk.attrIs("device", device)).findFirst();
    }
}

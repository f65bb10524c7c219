package dev.godwit.driver.qemu.definition;

import java.util.List;
import java.util.Optional;

/**
 * Where libvirt puts a new disk or controller in its list: behind those of its own kind with smaller numbers.
 *
 * <p>The place is decided by what the document says before defaults are filled in. A disk without a bus is of no
 * kind for this purpose, although it will get one.
 */
final class InsertionOrder {

    private InsertionOrder() {}

    static int ofDisk(List<Device> disks, Device disk) {
        Optional<String> bus = disk.childAttr("target", "bus");
        Optional<String> name = disk.childAttr("target", "dev");
        int at = -1;
        for (int i = disks.size() - 1; i >= 0; i--) {
            Device other = disks.get(i);
            if (!other.childAttr("target", "bus").equals(bus)) {
                continue;
            }
            Optional<String> otherName = other.childAttr("target", "dev");
            if (name.isPresent()
                    && otherName.isPresent()
                    && DiskNames.index(otherName.get()) > DiskNames.index(name.get())) {
                at = i;
            } else if (at == -1) {
                at = i + 1;
            }
        }
        return at == -1 ? disks.size() : at;
    }

    static int ofController(List<Device> controllers, Device controller) {
        boolean numbered = controller.attr("index").isPresent();
        int at = -1;
        for (int i = controllers.size() - 1; i >= 0; i--) {
            Device other = controllers.get(i);
            if (!other.attr("type").equals(controller.attr("type"))) {
                continue;
            }
            if (!numbered) {
                return i + 1;
            }
            // A controller without a number counts as -1 here, and so as smaller than any.
            int otherIndex = other.attr("index").isPresent() ? other.index() : -1;
            boolean beforeItsCompanion = otherIndex == controller.index()
                    && !controller.xml().has("master")
                    && other.xml().has("master");
            if (otherIndex > controller.index() || beforeItsCompanion) {
                at = i;
            } else if (at == -1) {
                at = i + 1;
            }
        }
        return at == -1 ? controllers.size() : at;
    }
}

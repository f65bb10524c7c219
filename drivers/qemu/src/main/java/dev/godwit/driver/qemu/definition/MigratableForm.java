package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Element;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The definition of a running guest as another host, possibly with an older daemon, can take it.
 *
 * <p>What every daemon adds by itself is left out where older ones do not know it, and stays away when a newer one
 * completes the definition again.
 */
public final class MigratableForm {

    private MigratableForm() {}

    /**
     * Trims a live definition.
     *
     * @param live the definition of the running guest
     * @param startedFrom the inactive definition that the guest was started from, or arrived with: its CPU and its
     *     listen
     *     addresses are sent, not what this host made of them
     * @return what to send to the other host, secrets included
     */
    public static Element of(Element live, Optional<Element> startedFrom) {
        Element original = startedFrom.isPresent() ? withOriginal(live, startedFrom.get()) : live;
        // Disks and controllers come into the order in which the other host would sort them.
        Element domain = Draft.of(InactiveForm.of(original)).toElement();
        Chipset chipset = Chipset.of(
                domain.child("os", "type").flatMap(type -> type.attr("machine")).orElse(""));
        return domain.mapElements("cpu", MigratableForm::cpu)
                .mapElements("devices", devices -> devices(devices, chipset));
    }

    private static Element withOriginal(Element live, Element startedFrom) {
        Iterator<Element> originals = startedFrom
                .child("devices")
                .map(devices -> devices.elements("graphics"))
                .orElse(List.of())
                .iterator();
        Element domain = startedFrom.child("cpu").map(cpu -> live.mapElements("cpu", _ -> cpu)).orElse(live);
        return domain.mapElements("devices", devices -> devices.mapElements(
                "graphics",
                graphics -> originals.hasNext() && listensAnywhere(originals.next())
                        ? graphics.withoutAttr("listen")
                                .mapElements("listen", listen -> listen.withoutAttr("address"))
                        : graphics));
    }

    private static boolean listensAnywhere(Element graphics) {
        return graphics.child("listen")
                .filter(listen -> listen.attrIs("type", "address") && listen.attr("address").isEmpty())
                .isPresent();
    }

    private static Element cpu(Element cpu) {
        return cpu.mapElements("model", model -> model.withDefaultAttr("fallback", "allow"));
    }

    private static Element devices(Element devices, Chipset chipset) {
        List<Element> usb = controllers(devices, "usb");
        List<Element> pci = controllers(devices, "pci");
        boolean onlyDefaultUsb = chipset == Chipset.I440FX
                && usb.size() == 1
                && usb.getFirst().attrIs("index", "0")
                && usb.getFirst().attr("model", "piix3-uhci").equals("piix3-uhci")
                && !usb.getFirst().has("alias");
        boolean onlyRoot = pci.size() == 1
                && pci.getFirst().attrIs("model", "pci-root")
                && !pci.getFirst().has("alias")
                && !pci.getFirst().has("pcihole64");
        boolean defaultAudio = devices.elements("audio").size() == 1;
        return devices.withoutElements(device -> switch (device.name()) {
                    case "controller" -> onlyDefaultUsb && device.attrIs("type", "usb")
                            || onlyRoot && device.attrIs("type", "pci");
                    // Only the mouse was implied by the daemons that came first.
                    case "input" -> device.attrIs("type", "keyboard")
                            && device.attrIs("bus", "ps2")
                            && !device.has("alias");
                    case "audio" -> defaultAudio && device.attrIs("id", "1") && device.attrIs("type", "none");
                    case "watchdog" -> chipset == Chipset.Q35
                            && device.attrIs("model", "itco")
                            && device.attrIs("action", "reset");
                    default -> false;
                })
                .mapElements("disk", MigratableForm::disk)
                .mapElements("graphics", MigratableForm::graphics);
    }

    private static List<Element> controllers(Element devices, String type) {
        return devices.elements("controller").stream()
                .filter(controller -> controller.attrIs("type", type))
                .toList();
    }

    /** An empty drive has no format while the guest runs; the other host wants one. */
    private static Element disk(Element disk) {
        return disk.mapElements("driver", driver -> driver.withDefaultAttr("type", "raw"));
    }

    /** A single socket is said by the attribute alone, as it was before there were listen elements. */
    private static Element graphics(Element graphics) {
        return graphics.attr("socket").isPresent() ? graphics.without("listen") : graphics;
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Element;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Names the devices of a running guest. QEMU knows them by these ids, and ids are part of what a migration sends, so
 * both hosts must name alike.
 */
final class Aliases {

    private final Element devices;
    private final Chipset chipset;
    /** How many devices of a kind have been seen. */
    private final Map<String, Integer> positions = new HashMap<>();
    /** How many devices of a kind have got a name from us. */
    private final Map<String, Integer> named = new HashMap<>();
    private Optional<String> firstSerial = Optional.empty();

    private Aliases(Element devices, Chipset chipset) {
        this.devices = devices;
        this.chipset = chipset;
    }

    static Element assign(Element devices, Chipset chipset) {
        Aliases aliases = new Aliases(devices, chipset);
        return devices.mapElements(aliases::assign);
    }

    private Element assign(Element device) {
        int position = positions.merge(device.name(), 1, Integer::sum) - 1;
        Optional<String> own = device.child("alias").flatMap(alias -> alias.attr("name"));
        Optional<String> alias = own.or(() -> name(new Device(device), position));
        if (device.name().equals("serial") && position == 0) {
            firstSerial = alias;
        }
        return alias.map(name -> PrintOrder.device(device.mapOrAdd("alias", element -> element.withAttr("name", name))))
                .orElse(device);
    }

    private Optional<String> name(Device device, int position) {
        return switch (device.kind()) {
            case "disk" -> Optional.of(disk(device));
            case "interface" -> Optional.of("net" + count("net"));
            case "rng" -> Optional.of("rng" + count("rng"));
            case "filesystem" -> Optional.of("fs" + count("fs"));
            case "controller" -> Optional.of(controller(device));
            case "console" -> device.childIs("target", "type", "serial") && position == 0
                    ? firstSerial
                    : Optional.of("console" + position);
            case "serial", "parallel", "channel", "input", "video", "watchdog", "hub", "sound", "hostdev", "redirdev",
                    "smartcard", "shmem" -> Optional.of(device.kind() + position);
            case "tpm" -> Optional.of("tpm" + position);
            case "memballoon" -> device.is("model", "none") ? Optional.empty() : Optional.of("balloon0");
            case "iommu", "vsock" -> Optional.of(device.kind() + position);
            default -> Optional.empty();
        };
    }

    private int count(String kind) {
        return named.merge(kind, 1, Integer::sum) - 1;
    }

    private String disk(Device disk) {
        String bus = disk.childAttr("target", "bus").orElse("");
        if (!disk.addressType().equals("drive")) {
            int index = DiskNames.index(disk.childAttr("target", "dev").orElse(""));
            return bus + "-disk" + Math.max(index, 0);
        }
        int controller = ImplicitControllers.addressNumber(disk, "controller");
        int onBus = ImplicitControllers.addressNumber(disk, "bus");
        int target = ImplicitControllers.addressNumber(disk, "target");
        int unit = ImplicitControllers.addressNumber(disk, "unit");
        return bus.equals("scsi") && !isOldAdapter(controller)
                ? "%s%d-%d-%d-%d".formatted(bus, controller, onBus, target, unit)
                : "%s%d-%d-%d".formatted(bus, controller, onBus, unit);
    }

    /** Old SCSI adapters know units, but no targets. */
    private boolean isOldAdapter(int index) {
        return devices.elements("controller").stream()
                .map(Device::new)
                .anyMatch(controller -> controller.is("type", "scsi")
                        && controller.index() == index
                        && controller.is("model", "lsilogic"));
    }

    /** The first controller of a kind that belongs to the board has the name that QEMU gives its bus. */
    private String controller(Device controller) {
        int index = controller.index();
        return switch (controller.attr("type", "")) {
            case "pci" -> (controller.is("model", "pcie-root") ? "pcie." : "pci.") + index;
            case "ide" -> index == 0 && chipset == Chipset.I440FX ? "ide" : "ide" + index;
            case "sata" -> index == 0 && chipset == Chipset.Q35 ? "ide" : "sata" + index;
            case "usb" -> index == 0 ? "usb" : "usb" + index;
            case String type -> type + index;
        };
    }
}

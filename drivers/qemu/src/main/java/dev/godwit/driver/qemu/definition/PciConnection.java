package dev.godwit.driver.qemu.definition;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a PCI device needs of the bus it is plugged into, and what a bus offers. */
enum PciConnection {
    /** Device: an address may be picked for it. Bus: its addresses may be picked. */
    AUTO_ASSIGN,
    /** Device: others of its kind may share its slot, one function each. */
    SHARES_SLOT,
    /** Device: part of the chipset, sits on the root bus whatever that normally takes. */
    INTEGRATED,
    PCI_DEVICE,
    PCIE_DEVICE,
    PCIE_ROOT_PORT,
    PCIE_SWITCH_UPSTREAM_PORT,
    PCIE_SWITCH_DOWNSTREAM_PORT,
    DMI_TO_PCI_BRIDGE,
    PCIE_TO_PCI_BRIDGE,
    PCI_EXPANDER_BUS,
    PCIE_EXPANDER_BUS,
    PCI_BRIDGE;

    /** The kinds of plug, without the qualities. */
    static final Set<PciConnection> TYPES = EnumSet.range(PCI_DEVICE, PCI_BRIDGE);

    private static final List<String> TRANSITIONAL = List.of("virtio-transitional");

    /**
     * What a device needs.
     *
     * @param device any device
     * @param express whether the machine has PCI Express
     * @return the empty set if it is not a PCI device
     */
    static Set<PciConnection> neededBy(Device device, boolean express) {
        Set<PciConnection> conventional = EnumSet.of(PCI_DEVICE, AUTO_ASSIGN);
        Set<PciConnection> modern = express ? EnumSet.of(PCIE_DEVICE, AUTO_ASSIGN) : conventional;
        Set<PciConnection> none = EnumSet.noneOf(PciConnection.class);
        // Transitional virtio devices have I/O ports, which do not exist behind a root port.
        boolean transitional = TRANSITIONAL.contains(device.attr("model", ""))
                || TRANSITIONAL.contains(device.childAttr("model", "type").orElse(""));
        Set<PciConnection> virtio = transitional ? conventional : modern;
        return switch (device.kind()) {
            case "controller" -> neededByController(device, conventional, modern, virtio);
            case "interface" -> neededByInterface(device, conventional, modern, virtio);
            case "disk" -> device.childIs("target", "bus", "virtio") ? virtio : none;
            case "input" -> device.is("bus", "virtio") ? virtio : none;
            case "memballoon" -> device.attr("model", "").startsWith("virtio") ? virtio : none;
            case "rng", "vsock" -> virtio;
            case "filesystem" -> virtio;
            case "sound" -> switch (device.attr("model", "")) {
                case "es1370", "ac97", "ich6", "ich9" -> conventional;
                case "virtio" -> virtio;
                default -> none;
            };
            case "hostdev" -> device.is("type", "pci") || device.is("type", "mdev") ? modern : none;
            case "watchdog" -> device.is("model", "i6300esb") ? conventional : none;
            case "video" -> switch (device.childAttr("model", "type").orElse("")) {
                case "virtio" -> virtio;
                case "vga", "cirrus", "qxl" -> conventional;
                case "bochs" -> modern;
                default -> none;
            };
            case "shmem", "crypto" -> conventional;
            case "serial" -> device.childIs("target", "type", "pci-serial") ? conventional : none;
            case "panic" -> device.is("model", "pvpanic")
                    ? EnumSet.of(PCI_DEVICE, AUTO_ASSIGN, INTEGRATED)
                    : none;
            default -> none;
        };
    }

    private static Set<PciConnection> neededByController(
            Device controller, Set<PciConnection> conventional, Set<PciConnection> modern, Set<PciConnection> virtio) {
        String model = controller.attr("model", "");
        return switch (controller.attr("type", "")) {
            case "pci" -> neededByBridge(model);
            case "sata", "ide" -> conventional;
            case "usb" -> switch (model) {
                case "none" -> EnumSet.noneOf(PciConnection.class);
                case "qemu-xhci", "nec-xhci" -> modern;
                default -> conventional;
            };
            case "scsi" -> switch (model) {
                case "virtio-scsi", "virtio-non-transitional" -> virtio;
                case "", "ncr53c90" -> EnumSet.noneOf(PciConnection.class);
                default -> conventional;
            };
            case "virtio-serial" -> virtio;
            default -> EnumSet.noneOf(PciConnection.class);
        };
    }

    private static Set<PciConnection> neededByBridge(String model) {
        return switch (model) {
            case "pci-bridge" -> EnumSet.of(PCI_BRIDGE);
            case "pci-expander-bus" -> EnumSet.of(PCI_EXPANDER_BUS);
            case "pcie-expander-bus" -> EnumSet.of(PCIE_EXPANDER_BUS);
            case "dmi-to-pci-bridge" -> EnumSet.of(DMI_TO_PCI_BRIDGE);
            case "pcie-to-pci-bridge" -> EnumSet.of(PCIE_TO_PCI_BRIDGE);
            case "pcie-root-port" -> EnumSet.of(PCIE_ROOT_PORT, SHARES_SLOT);
            case "pcie-switch-upstream-port" -> EnumSet.of(PCIE_SWITCH_UPSTREAM_PORT);
            case "pcie-switch-downstream-port" -> EnumSet.of(PCIE_SWITCH_DOWNSTREAM_PORT);
            default -> EnumSet.noneOf(PciConnection.class);
        };
    }

    private static Set<PciConnection> neededByInterface(
            Device nic, Set<PciConnection> conventional, Set<PciConnection> modern, Set<PciConnection> virtio) {
        if (nic.is("type", "hostdev")) {
            return EnumSet.noneOf(PciConnection.class);
        }
        return switch (nic.childAttr("model", "type").orElse("")) {
            case "usb-net" -> EnumSet.noneOf(PciConnection.class);
            case "virtio", "virtio-non-transitional" -> virtio;
            case "e1000e", "igb", "" -> modern;
            default -> conventional;
        };
    }
}

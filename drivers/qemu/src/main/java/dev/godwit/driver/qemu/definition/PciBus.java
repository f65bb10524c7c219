package dev.godwit.driver.qemu.definition;

import static dev.godwit.driver.qemu.definition.PciConnection.AUTO_ASSIGN;
import static dev.godwit.driver.qemu.definition.PciConnection.DMI_TO_PCI_BRIDGE;
import static dev.godwit.driver.qemu.definition.PciConnection.PCIE_DEVICE;
import static dev.godwit.driver.qemu.definition.PciConnection.PCIE_EXPANDER_BUS;
import static dev.godwit.driver.qemu.definition.PciConnection.PCIE_ROOT_PORT;
import static dev.godwit.driver.qemu.definition.PciConnection.PCIE_SWITCH_DOWNSTREAM_PORT;
import static dev.godwit.driver.qemu.definition.PciConnection.PCIE_SWITCH_UPSTREAM_PORT;
import static dev.godwit.driver.qemu.definition.PciConnection.PCIE_TO_PCI_BRIDGE;
import static dev.godwit.driver.qemu.definition.PciConnection.PCI_BRIDGE;
import static dev.godwit.driver.qemu.definition.PciConnection.PCI_DEVICE;
import static dev.godwit.driver.qemu.definition.PciConnection.PCI_EXPANDER_BUS;

import java.util.EnumSet;
import java.util.Set;

/** The slots below one PCI controller, and who has them. */
final class PciBus {

    private final String model;
    private final Set<PciConnection> offers;
    private final int minSlot;
    private final int maxSlot;
    /** One bit a function in use. */
    private final int[] functions = new int[PciAddress.LAST_SLOT + 1];
    private final boolean[] shared = new boolean[PciAddress.LAST_SLOT + 1];

    private PciBus(String model, Set<PciConnection> offers, int minSlot, int maxSlot) {
        this.model = model;
        this.offers = offers;
        this.minSlot = minSlot;
        this.maxSlot = maxSlot;
    }

    /** The bus that a controller model makes. */
    static PciBus of(String model) {
        int last = PciAddress.LAST_SLOT;
        return switch (model) {
            case "pci-root" -> new PciBus(
                    model, EnumSet.of(AUTO_ASSIGN, PCI_DEVICE, PCI_BRIDGE, PCI_EXPANDER_BUS), 1, last);
            // Slot 0 belongs to the bridge's own hot-plug controller.
            case "pci-bridge", "pcie-to-pci-bridge" -> new PciBus(
                    model, EnumSet.of(AUTO_ASSIGN, PCI_DEVICE, PCI_BRIDGE), 1, last);
            case "pci-expander-bus" -> new PciBus(
                    model, EnumSet.of(AUTO_ASSIGN, PCI_DEVICE, PCI_BRIDGE), 0, last);
            case "pcie-root" -> new PciBus(
                    model, EnumSet.of(PCIE_DEVICE, PCIE_ROOT_PORT, DMI_TO_PCI_BRIDGE, PCIE_EXPANDER_BUS), 1, last);
            case "dmi-to-pci-bridge" -> new PciBus(model, EnumSet.of(PCI_DEVICE, PCI_BRIDGE), 0, last);
            case "pcie-root-port", "pcie-switch-downstream-port" -> new PciBus(
                    model,
                    EnumSet.of(AUTO_ASSIGN, PCIE_DEVICE, PCIE_SWITCH_UPSTREAM_PORT, PCIE_TO_PCI_BRIDGE),
                    0,
                    0);
            case "pcie-switch-upstream-port" -> new PciBus(model, EnumSet.of(PCIE_SWITCH_DOWNSTREAM_PORT), 0, last);
            case "pcie-expander-bus" -> new PciBus(model, EnumSet.of(PCIE_ROOT_PORT, DMI_TO_PCI_BRIDGE), 0, last);
            default -> throw Refusal.internal("PCI controller model was not set correctly");
        };
    }

    /** A root port that keeps its slot for a bridge to conventional PCI. */
    static PciBus rootPortForBridge() {
        return new PciBus("pcie-root-port", EnumSet.of(PCIE_TO_PCI_BRIDGE), 0, 0);
    }

    String model() {
        return model;
    }

    int minSlot() {
        return minSlot;
    }

    int maxSlot() {
        return maxSlot;
    }

    boolean offers(PciConnection connection) {
        return offers.contains(connection);
    }

    /** Whether a device that takes any address can be plugged in. */
    boolean takes(Set<PciConnection> needs) {
        if (needs.contains(AUTO_ASSIGN) && !offers.contains(AUTO_ASSIGN)) {
            return false;
        }
        return matches(needs, offers);
    }

    /** Whether a device that insists on an address can be plugged in: then PCI and PCI Express mix. */
    boolean takesInsisting(Set<PciConnection> needs, int bus) {
        Set<PciConnection> offered = EnumSet.copyOf(offers);
        Set<PciConnection> wanted = EnumSet.copyOf(needs);
        if (needs.contains(PciConnection.INTEGRATED)) {
            if (bus != 0) {
                return false;
            }
            offered.add(PCI_DEVICE);
        }
        if (offered.contains(PCI_DEVICE) || offered.contains(PCIE_DEVICE)) {
            offered.add(PCI_DEVICE);
            offered.add(PCIE_DEVICE);
        }
        if (needs.contains(PCI_BRIDGE)) {
            wanted.add(PCI_DEVICE);
        }
        return matches(wanted, offered);
    }

    private static boolean matches(Set<PciConnection> needs, Set<PciConnection> offered) {
        return needs.stream().anyMatch(need -> PciConnection.TYPES.contains(need) && offered.contains(need));
    }

    boolean isTaken(int slot) {
        return functions[slot] != 0;
    }

    boolean isTaken(int slot, int function) {
        return (functions[slot] & 1 << function) != 0;
    }

    boolean isShared(int slot) {
        return shared[slot];
    }

    void take(int slot, int function, boolean shareable) {
        if (functions[slot] == 0 && shareable) {
            shared[slot] = true;
        }
        functions[slot] |= 1 << function;
    }

    boolean isFull() {
        for (int slot = minSlot; slot <= maxSlot; slot++) {
            if (functions[slot] == 0) {
                return false;
            }
        }
        return true;
    }
}

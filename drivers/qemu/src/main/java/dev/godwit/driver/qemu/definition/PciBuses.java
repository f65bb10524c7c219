package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * All PCI buses of a guest.
 *
 * <p>Addresses are assigned twice. The first pass finds out how many buses the devices need, and lets the set of buses
 * {@linkplain #growing grow}; the second assigns, on buses that are then all there, and so that a controller
 * that was added late may still get a smaller address than the devices that made it necessary.
 */
final class PciBuses {

    private final List<PciBus> buses = new ArrayList<>();
    private final boolean growing;
    private final boolean hasBridgeToPci;

    /**
     * Buses for the controllers of a guest.
     *
     * @param controllers its PCI controllers, numbered
     * @param count how many buses there are at least; the ones without a controller get the default model
     * @param growing whether a device that finds no place makes a new bus
     * @param hasBridgeToPci whether QEMU has a bridge from PCI Express to PCI that can be plugged in
     */
    PciBuses(List<Device> controllers, int count, boolean growing, boolean hasBridgeToPci) {
        this.growing = growing;
        this.hasBridgeToPci = hasBridgeToPci;
        boolean express = controllers.stream().anyMatch(controller -> controller.is("model", "pcie-root"));
        for (int i = 0; i < count; i++) {
            int index = i;
            String model = controllers.stream()
                    .filter(controller -> controller.index() == index)
                    .flatMap(controller -> controller.attr("model").stream())
                    .findFirst()
                    .orElse(express ? "pcie-root-port" : "pci-bridge");
            buses.add(PciBus.of(model));
        }
    }

    int count() {
        return buses.size();
    }

    PciBus bus(int index) {
        return buses.get(index);
    }

    boolean hasRoom() {
        return buses.stream().anyMatch(bus -> !bus.isFull());
    }

    boolean isSlotTaken(PciAddress address) {
        return address.bus() < buses.size() && buses.get(address.bus()).isTaken(address.slot());
    }

    /**
     * Takes an address that the document, or the chipset, insists on.
     *
     * @throws VirtException if there is no such place or it is taken
     */
    void reserve(PciAddress address, Set<PciConnection> needs) {
        if (growing && address.bus() >= buses.size()) {
            grow(address.bus(), needs);
        }
        check(address, needs);
        PciBus bus = buses.get(address.bus());
        if (bus.isTaken(address.slot(), address.function())) {
            throw Refusal.xml("Attempted double use of PCI Address " + address);
        }
        bus.take(address.slot(), address.function(), needs.contains(PciConnection.SHARES_SLOT));
    }

    private void check(PciAddress address, Set<PciConnection> needs) {
        if (address.domain() != 0) {
            throw Refusal.xml("Invalid PCI address %s. Only PCI domain 0 is available".formatted(address));
        }
        if (address.bus() >= buses.size()) {
            throw Refusal.xml("Invalid PCI address %s. Only PCI buses up to %d are available"
                    .formatted(address, buses.size() - 1));
        }
        PciBus bus = buses.get(address.bus());
        if (!bus.takesInsisting(needs, address.bus())) {
            throw Refusal.xml(
                    ("The device at PCI address %s cannot be plugged into the PCI controller with index='%d'. It"
                                    + " requires a controller that accepts a %s.")
                            .formatted(address, address.bus(), plug(needs)));
        }
        if (address.slot() < bus.minSlot()) {
            throw Refusal.xml("Invalid PCI address %s. slot must be >= %d".formatted(address, bus.minSlot()));
        }
        if (address.slot() > bus.maxSlot()) {
            throw Refusal.xml("Invalid PCI address %s. slot must be <= %d".formatted(address, bus.maxSlot()));
        }
    }

    private static String plug(Set<PciConnection> needs) {
        PciConnection type = needs.stream().filter(PciConnection.TYPES::contains).findFirst()
                .orElse(PciConnection.PCI_DEVICE);
        return switch (type) {
            case PCI_DEVICE -> "standard PCI device";
            case PCIE_DEVICE -> "PCI Express device";
            default -> type.name().toLowerCase(Locale.ROOT).replace('_', '-');
        };
    }

    /**
     * Takes the first free address that suits a device.
     *
     * @param needs what the device needs
     * @param function the function it has to be, or nothing for any
     * @return the address
     * @throws VirtException if there is no place and no bus can be added
     */
    PciAddress reserveNext(Set<PciConnection> needs, Optional<Integer> function) {
        boolean shares = needs.contains(PciConnection.SHARES_SLOT);
        for (int index = 0; index < buses.size(); index++) {
            PciBus bus = buses.get(index);
            if (!bus.takes(needs)) {
                continue;
            }
            for (int slot = bus.minSlot(); slot <= bus.maxSlot(); slot++) {
                Optional<Integer> free = freeFunction(bus, slot, function, shares);
                if (free.isPresent()) {
                    bus.take(slot, free.get(), shares);
                    return PciAddress.of(index, slot, free.get());
                }
            }
        }
        if (!growing) {
            throw Refusal.internal("No more available PCI slots");
        }
        int index = grow(buses.size(), needs);
        PciBus bus = buses.get(index);
        bus.take(bus.minSlot(), function.orElse(0), shares);
        return PciAddress.of(index, bus.minSlot(), function.orElse(0));
    }

    private static Optional<Integer> freeFunction(PciBus bus, int slot, Optional<Integer> function, boolean shares) {
        if (!bus.isTaken(slot)) {
            return Optional.of(function.orElse(0));
        }
        if (!shares || !bus.isShared(slot)) {
            return Optional.empty();
        }
        for (int candidate = 0; candidate <= PciAddress.LAST_FUNCTION; candidate++) {
            if (!bus.isTaken(slot, candidate) && function.orElse(candidate) == candidate) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /**
     * Adds buses until there is one of a number that takes a device.
     *
     * @return the number of the bus for the device; one more than asked for if a bridge had to come first
     */
    private int grow(int wanted, Set<PciConnection> needs) {
        int last = wanted;
        String model;
        if (needs.contains(PciConnection.PCI_DEVICE)) {
            model = "pci-bridge";
            boolean conventionalBusThere = buses.stream().anyMatch(bus -> bus.offers(PciConnection.PCI_BRIDGE));
            if (!conventionalBusThere) {
                if (last == buses.size()) {
                    last++;
                }
                if (hasBridgeToPci) {
                    buses.add(PciBus.rootPortForBridge());
                    buses.add(PciBus.of("pcie-to-pci-bridge"));
                } else {
                    buses.add(PciBus.of("dmi-to-pci-bridge"));
                }
            }
        } else if (needs.contains(PciConnection.PCIE_DEVICE)
                || needs.contains(PciConnection.PCIE_SWITCH_UPSTREAM_PORT)) {
            model = "pcie-root-port";
        } else {
            throw new VirtException(
                    ErrorCode.INTERNAL_ERROR,
                    ErrorDomain.DOMAIN,
                    ("a PCI slot is needed to connect a PCI controller model='%s', but none is available, and it"
                                    + " cannot be automatically added")
                            .formatted(plug(needs)));
        }
        while (buses.size() <= last) {
            buses.add(PciBus.of(model));
        }
        return last;
    }
}

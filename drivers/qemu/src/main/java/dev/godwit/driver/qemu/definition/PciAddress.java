package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import java.util.Optional;

/**
 * A place on a PCI bus.
 *
 * @param domain always 0 on a PC
 * @param bus the number of the controller that makes the bus
 * @param slot 0 to 31
 * @param function 0 to 7
 */
record PciAddress(int domain, int bus, int slot, int function) {

    static final int LAST_SLOT = 31;
    static final int LAST_FUNCTION = 7;

    static PciAddress of(int bus, int slot, int function) {
        return new PciAddress(0, bus, slot, function);
    }

    /**
     * The address of a device.
     *
     * @return nothing if the device has none, or only says that it wants one ({@code <address type='pci'/>})
     * @throws VirtException if a number is out of range
     */
    static Optional<PciAddress> of(Device device) {
        return device.address().filter(address -> address.attrIs("type", "pci")).map(PciAddress::parse)
                .filter(address -> address.domain != 0 || address.bus != 0 || address.slot != 0);
    }

    /** Whether a device has no address of any kind, or asks for a PCI address without naming one. */
    static boolean isWantedBy(Device device) {
        return device.address().isEmpty() || device.addressType().equals("pci") && of(device).isEmpty();
    }

    private static PciAddress parse(Element address) {
        return new PciAddress(
                number(address, "domain", 0xFFFF),
                number(address, "bus", 0xFF),
                number(address, "slot", 0x1F),
                number(address, "function", 7));
    }

    private static int number(Element address, String name, int max) {
        int value = address.attr(name).map(text -> Numbers.parse(text, name, "address")).orElse(0);
        if (value > max) {
            throw new VirtException(
                    ErrorCode.XML_ERROR,
                    ErrorDomain.NONE,
                    "Invalid PCI address %s='0x%X', must be <= 0x%X".formatted(name, value, max));
        }
        return value;
    }

    /** The element as libvirt writes it; other attributes of an old element stay. */
    Element toElement(Optional<Element> old) {
        Element fresh = Element.of("address")
                .withAttr("type", "pci")
                .withAttr("domain", "0x%04x".formatted(domain))
                .withAttr("bus", "0x%02x".formatted(bus))
                .withAttr("slot", "0x%02x".formatted(slot))
                .withAttr("function", "0x%x".formatted(function));
        if (old.isEmpty()) {
            return fresh;
        }
        Element merged = fresh.withChildren(old.get().children());
        for (var attribute : old.get().attributes()) {
            merged = merged.withDefaultAttr(attribute.name(), attribute.value());
        }
        return merged;
    }

    @Override
    public String toString() {
        return "%04x:%02x:%02x.%x".formatted(domain, bus, slot, function);
    }
}

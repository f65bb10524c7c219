package dev.godwit.driver.qemu.command;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** The live definition of a guest that is about to start, with the questions that several parts ask of it. */
record Guest(Element domain, QemuCapabilities capabilities, StartOptions options) {

    String name() {
        return domain.childText("name").orElse("");
    }

    boolean isKvm() {
        return domain.attrIs("type", "kvm");
    }

    String machine() {
        return domain.child("os", "type").flatMap(type -> type.attr("machine")).orElse("");
    }

    boolean isQ35() {
        return machine().startsWith("pc-q35");
    }

    List<Element> devices(String kind) {
        return domain.child("devices").map(devices -> devices.elements(kind)).orElse(List.of());
    }

    boolean hasFeature(String feature) {
        return domain.has("features", feature);
    }

    /** The state of a feature that can be on or off; nothing if the definition leaves it open. */
    Optional<String> feature(String feature) {
        return domain.child("features", feature).map(element -> element.attr("state", "on"));
    }

    Optional<Element> timer(String name) {
        return domain.child("clock").stream()
                .flatMap(clock -> clock.elements("timer").stream())
                .filter(timer -> timer.attrIs("name", name))
                .findFirst();
    }

    static String attr(Element device, String child, String attribute) {
        return optionalAttr(device, child, attribute).orElse("");
    }

    static Optional<String> optionalAttr(Element device, String child, String attribute) {
        return device.child(child).flatMap(element -> element.attr(attribute));
    }

    static String alias(Element device) {
        return attr(device, "alias", "name");
    }

    /**
     * Reads a number, decimal or with a leading {@code 0x} hexadecimal.
     *
     * @throws VirtException if it is not one
     */
    static int number(String text) {
        String digits = text.strip();
        try {
            return digits.startsWith("0x") ? Integer.parseInt(digits.substring(2), 16) : Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new VirtException(
                    ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, "'%s' is not a number".formatted(text), e);
        }
    }

    static int addressNumber(Element device, String attribute) {
        return optionalAttr(device, "address", attribute).map(Guest::number).orElse(0);
    }

    /** The name of a controller: its alias, under which QEMU knows the bus it makes. */
    String controllerAlias(String type, int index) {
        return devices("controller").stream()
                .filter(controller -> controller.attrIs("type", type)
                        && controller.attr("index").map(Guest::number).orElse(0) == index)
                .map(Guest::alias)
                .findFirst()
                .orElseThrow(() -> new VirtException(
                        ErrorCode.INTERNAL_ERROR,
                        ErrorDomain.QEMU,
                        "guest %s has no %s controller with index %d".formatted(name(), type, index)));
    }

    /** Adds where a device is plugged in: a PCI address or a USB port. */
    Json.Obj withAddress(Json.Obj device, Element element) {
        return switch (attr(element, "address", "type")) {
            case "pci" -> withPciAddress(device, element);
            case "usb" -> device.with("bus", controllerAlias("usb", addressNumber(element, "bus")) + ".0")
                    .withText("port", optionalAttr(element, "address", "port"));
            default -> device;
        };
    }

    private Json.Obj withPciAddress(Json.Obj device, Element element) {
        int bus = addressNumber(element, "bus");
        // The root bus has a name of its own, whatever alias a user gave its controller.
        String root = isQ35() ? "pcie.0" : "pci.0";
        Json.Obj placed = device.with("bus", bus == 0 ? root : controllerAlias("pci", bus));
        String multifunction = attr(element, "address", "multifunction");
        if (!multifunction.isEmpty()) {
            placed = placed.with("multifunction", multifunction.equals("on"));
        }
        int function = addressNumber(element, "function");
        String slot = "0x" + Integer.toHexString(addressNumber(element, "slot"));
        return placed.with("addr", function == 0 ? slot : slot + ".0x" + Integer.toHexString(function));
    }

    /** Adds the boot order of a device, the one given to it or the one that follows from {@code <os>}. */
    Json.Obj withBootIndex(Json.Obj device, Element element) {
        Optional<Integer> order = optionalAttr(element, "boot", "order")
                .map(Guest::number)
                .or(() -> BootOrder.of(this, element));
        return order.map(index -> device.with("bootindex", index)).orElse(device);
    }

    VirtException unsupported(String what) {
        return new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED,
                ErrorDomain.QEMU,
                "%s of guest %s is not supported yet".formatted(what, name()));
    }
}

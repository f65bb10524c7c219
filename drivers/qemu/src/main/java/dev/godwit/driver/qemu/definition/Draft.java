package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import dev.godwit.xml.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A definition while it is being completed: the document outside {@code <devices>}, and the devices by kind.
 *
 * <p>Disks and controllers are kept in the order in which libvirt would keep them, because addresses are assigned in
 * that order.
 */
final class Draft {

    private Element domain;
    private Element devicesElement;
    private final Map<String, List<Device>> devices = new LinkedHashMap<>();
    private final List<Node> trailing = new ArrayList<>();

    private Draft(Element domain) {
        this.domain = domain.without("devices");
        this.devicesElement = Element.of("devices");
        for (Element part : domain.elements("devices")) {
            if (!part.attributes().isEmpty()) {
                devicesElement = part.withChildren(List.of());
            }
            List<Node> leading = new ArrayList<>();
            for (Node node : part.children()) {
                if (node instanceof Element element) {
                    add(new Device(element, leading));
                    leading.clear();
                } else {
                    leading.add(node);
                }
            }
            trailing.addAll(leading);
        }
    }

    /**
     * Takes a document apart.
     *
     * @throws VirtException if it is not a domain
     */
    static Draft of(Element domain) {
        if (!domain.name().equals("domain")) {
            throw new VirtException(
                    ErrorCode.XML_ERROR,
                    ErrorDomain.XML,
                    "expecting root element of 'domain', not '%s'".formatted(domain.name()));
        }
        return new Draft(domain);
    }

    /** Puts the document together again, everything in its customary place. */
    Element toElement() {
        List<Node> children = new ArrayList<>();
        for (Device device : PrintOrder.devices(devices)) {
            children.addAll(device.leading());
            children.add(PrintOrder.device(device.xml()));
        }
        children.addAll(trailing);
        return PrintOrder.domain(domain.with(devicesElement.withChildren(children)));
    }

    Element domain() {
        return domain;
    }

    void change(UnaryOperator<Element> edit) {
        domain = edit.apply(domain);
    }

    /** The type attribute of the document: {@code qemu} or {@code kvm}. */
    String type() {
        return domain.attr("type", "");
    }

    String name() {
        return domain.childText("name").orElse("");
    }

    String machine() {
        return domain.child("os", "type").flatMap(type -> type.attr("machine")).orElse("");
    }

    Chipset chipset() {
        return Chipset.of(machine());
    }

    List<Device> devices(String kind) {
        return devices.computeIfAbsent(kind, _ -> new ArrayList<>());
    }

    List<Device> allDevices() {
        return devices.values().stream().flatMap(List::stream).toList();
    }

    /** Adds a device where libvirt would put it in its list. */
    Device add(Device device) {
        List<Device> list = devices(device.kind());
        switch (device.kind()) {
            case "disk" -> list.add(InsertionOrder.ofDisk(list, device), device);
            case "controller" -> list.add(InsertionOrder.ofController(list, device), device);
            case "video" -> list.add(device.childIs("model", "primary", "yes") ? 0 : list.size(), device);
            default -> list.add(device);
        }
        return device;
    }

    /** Sorts the controllers anew, after they have got the numbers that some of them lacked. */
    void sortControllers() {
        List<Device> all = List.copyOf(devices("controller"));
        devices("controller").clear();
        all.forEach(this::add);
    }

    Optional<Device> controller(String type, int index) {
        return devices("controller").stream()
                .filter(candidate -> candidate.is("type", type) && candidate.index() == index)
                .findFirst();
    }

    /** Adds a controller unless one of this type and number is there. */
    boolean addControllerIfMissing(String type, int index, Optional<String> model) {
        if (controller(type, index).isPresent()) {
            return false;
        }
        Element controller = Element.of("controller").withAttr("type", type).withAttr("index", index);
        add(new Device(model.map(name -> controller.withAttr("model", name)).orElse(controller)));
        return true;
    }

    static boolean isPciRoot(Device controller) {
        return controller.is("model", "pci-root") || controller.is("model", "pcie-root");
    }

    /** The emulator, after {@link #setEmulatorIfMissing}. */
    String emulator() {
        return devices("emulator").isEmpty()
                ? ""
                : devices("emulator").getFirst().xml().text().strip();
    }

    void setEmulatorIfMissing(QemuCapabilities capabilities) {
        if (devices("emulator").isEmpty()) {
            add(new Device(Element.text("emulator", capabilities.emulator())));
        }
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Attribute;
import dev.godwit.xml.Element;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Disks: kind, bus, format, and the place on a bus that follows from the name. */
final class DiskCompletion implements CompletionStep {

    private static final Set<String> TYPES =
            Set.of("file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa");
    private static final Set<String> DEVICES = Set.of("disk", "cdrom", "floppy", "lun");
    private static final Set<String> BUSES =
            Set.of("ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd", "none");
    private static final Set<String> FORMATS = Set.of(
            "raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "cow", "qcow", "qcow2",
            "qed", "vmdk");

    /** Drives that fit on one controller, and on one of its buses. */
    private record Layout(int perController, int perBus) {}

    private static final Map<String, Layout> LAYOUTS =
            Map.of("ide", new Layout(4, 2), "sata", new Layout(6, 6), "fdc", new Layout(2, 2), "scsi", new Layout(7, 7));

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (Device disk : draft.devices("disk")) {
            complete(disk);
            if (disk.childIs("target", "bus", "ide") && draft.chipset() == Chipset.Q35) {
                throw Refusal.qemuUnsupported(
                        "IDE controllers are unsupported for this QEMU binary or machine type");
            }
        }
        refuseDuplicates(draft.devices("disk"));
    }

    private static void complete(Device disk) {
        String type = oneOf(disk.attr("type", "file"), TYPES, "type");
        String device = oneOf(disk.attr("device", "disk"), DEVICES, "device");
        disk.change(xml -> xml.withAttr("type", type).withAttr("device", device));
        String name = disk.childAttr("target", "dev")
                .orElseThrow(() -> new VirtException(
                        ErrorCode.NO_TARGET, ErrorDomain.DOMAIN, source(disk).orElse("(null)")));
        boolean removable = device.equals("cdrom") || device.equals("floppy");
        if (!removable && source(disk).isEmpty() && (type.equals("file") || type.equals("block"))) {
            throw new VirtException(ErrorCode.NO_SOURCE, ErrorDomain.DOMAIN, name);
        }
        disk.change(xml -> xml.withReplaced(driver(xml.child("driver").orElse(Element.of("driver")), type)));
        String bus = disk.childAttr("target", "bus").orElseGet(() -> defaultBus(name, device));
        if (!BUSES.contains(bus)) {
            throw Refusal.badValue("target", "bus", bus);
        }
        disk.setChildAttr("target", "bus", bus);
        if (removable && bus.equals("virtio")) {
            throw Refusal.qemuUnsupported("disk type of '%s' does not support ejectable media".formatted(name));
        }
        if (device.equals("cdrom") && !disk.xml().has("readonly")) {
            disk.change(xml -> xml.with(Element.of("readonly")));
        }
        disk.xml().childText("wwn").map(String::strip).filter(wwn -> !wwn.matches("[0-9a-fA-F]{16}")).ifPresent(_ -> {
            throw Refusal.xml("malformed wwn of disk %s".formatted(name));
        });
        if (disk.address().isEmpty()) {
            address(name, bus).ifPresent(disk::setAddress);
        }
    }

    private static String oneOf(String value, Set<String> allowed, String attribute) {
        if (!allowed.contains(value)) {
            throw Refusal.badValue("disk", attribute, value);
        }
        return value;
    }

    static Optional<String> source(Device disk) {
        return disk.xml()
                .child("source")
                .flatMap(source -> source.attr("file")
                        .or(() -> source.attr("dev"))
                        .or(() -> source.attr("dir"))
                        .or(() -> source.attr("name"))
                        .or(() -> source.attr("volume")))
                .filter(path -> !path.isEmpty());
    }

    /** Name and format first, as libvirt writes them. A volume gets its format from its pool. */
    private static Element driver(Element driver, String diskType) {
        String format = driver.attr("type", diskType.equals("volume") ? "" : "raw");
        if (!format.isEmpty() && !FORMATS.contains(format)) {
            throw Refusal.unsupported("unknown driver format value '%s'".formatted(format));
        }
        List<Attribute> attributes = new ArrayList<>();
        attributes.add(new Attribute("name", driver.attr("name", "qemu")));
        if (!format.isEmpty()) {
            attributes.add(new Attribute("type", format));
        }
        driver.attributes().stream()
                .filter(attribute -> !attribute.name().equals("name") && !attribute.name().equals("type"))
                .forEach(attributes::add);
        return new Element(driver.name(), driver.namespace(), attributes, driver.children());
    }

    private static String defaultBus(String name, String device) {
        if (device.equals("floppy")) {
            return "fdc";
        }
        if (name.startsWith("sd")) {
            return "scsi";
        }
        if (name.startsWith("vd")) {
            return "virtio";
        }
        return name.startsWith("xvd") ? "xen" : "ide";
    }

    private static Optional<Element> address(String name, String bus) {
        int index = DiskNames.index(name);
        if (index < 0) {
            throw Refusal.xml("Unknown disk name '%s' and no address specified".formatted(name));
        }
        Layout layout = LAYOUTS.get(bus);
        if (layout == null) {
            return Optional.empty();
        }
        int onController = index % layout.perController();
        return Optional.of(Element.of("address")
                .withAttr("type", "drive")
                .withAttr("controller", index / layout.perController())
                .withAttr("bus", onController / layout.perBus())
                .withAttr("target", 0)
                .withAttr("unit", onController % layout.perBus()));
    }

    private static void refuseDuplicates(List<Device> disks) {
        Map<String, Device> seen = new HashMap<>();
        for (Device disk : disks) {
            String name = disk.childAttr("target", "dev").orElse("");
            Device before = seen.put(name, disk);
            if (before != null) {
                throw Refusal.xml("target '%s' duplicated for disk sources '%s' and '%s'"
                        .formatted(name, source(before).orElse("(null)"), source(disk).orElse("(null)")));
            }
        }
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** Disks and CD-ROM drives: the nodes of the block layer, and the device the guest sees. */
final class DiskArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("disk")
                .with("type", "file", "block")
                .with("device", "disk", "cdrom")
                .with("model", "virtio")
                .with("snapshot", "internal", "external", "no")
                .child(BlockNodes.driverShape())
                .child(BlockNodes.sourceShape())
                .child(BlockNodes.backingStoreShape())
                .child(Shape.of("target")
                        .with("dev")
                        .with("bus", "virtio", "ide", "sata", "scsi", "usb")
                        .with("removable", "on", "off")
                        .with("rotation_rate")
                        .with("tray", "closed"))
                .child(Shape.of("blockio").with("logical_block_size").with("physical_block_size"))
                .child(Shape.of("readonly"))
                .child(Shape.of("shareable"))
                .child(Shape.of("serial"))
                .child(Shape.of("wwn"))
                .child(Shape.of("vendor"))
                .child(Shape.of("product"))
                .child(Shape.of("boot").with("order")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element disk : guest.devices("disk")) {
            Optional<String> node = BlockNodes.append(guest, disk, out);
            Json.Obj device = place(guest, disk);
            device = device.with("id", Guest.alias(disk));
            device = device.withText("drive", node);
            device = guest.withBootIndex(device, disk);
            out.device(withDetails(device, disk));
        }
    }

    private static Json.Obj place(Guest guest, Element disk) {
        boolean cdrom = disk.attrIs("device", "cdrom");
        String bus = Guest.attr(disk, "target", "bus");
        int controller = Guest.addressNumber(disk, "controller");
        int unit = Guest.addressNumber(disk, "unit");
        int onBus = Guest.addressNumber(disk, "bus");
        return switch (bus) {
            case "virtio" -> guest.withAddress(virtio(disk), disk);
            case "ide" -> Json.EMPTY.with("driver", cdrom ? "ide-cd" : "ide-hd")
                    .with("bus", "ide." + onBus)
                    .with("unit", unit);
            case "sata" -> Json.EMPTY.with("driver", cdrom ? "ide-cd" : "ide-hd")
                    .with("bus", guest.controllerAlias("sata", controller) + "." + unit);
            case "scsi" -> scsi(guest, disk, cdrom, controller);
            case "usb" -> {
                if (cdrom) {
                    throw guest.unsupported("device <disk device='cdrom'> on a USB bus");
                }
                yield guest.withAddress(Json.EMPTY.with("driver", "usb-storage"), disk)
                        .with("removable", Guest.attr(disk, "target", "removable").equals("on"));
            }
            default -> throw guest.unsupported("device <disk> on bus '%s'".formatted(bus));
        };
    }

    private static Json.Obj virtio(Element disk) {
        Json.Obj device = Json.EMPTY.with("driver", "virtio-blk-pci");
        return Guest.optionalAttr(disk, "driver", "queues")
                .map(queues -> device.with("num-queues", Guest.number(queues)))
                .orElse(device);
    }

    private static Json.Obj scsi(Guest guest, Element disk, boolean cdrom, int controller) {
        String alias = guest.controllerAlias("scsi", controller);
        int target = Guest.addressNumber(disk, "target");
        int unit = Guest.addressNumber(disk, "unit");
        Json.Obj device = Json.EMPTY.with("driver", cdrom ? "scsi-cd" : "scsi-hd");
        boolean lsi = guest.devices("controller").stream()
                .anyMatch(candidate -> Guest.alias(candidate).equals(alias) && candidate.attrIs("model", "lsilogic"));
        // On the old adapter the unit is the SCSI id; virtio-scsi has targets and units.
        Json.Obj placed = lsi
                ? device.with("bus", alias + "." + Guest.addressNumber(disk, "bus")).with("scsi-id", unit)
                : device.with("bus", alias + ".0").with("channel", 0).with("scsi-id", target).with("lun", unit);
        return placed.with("device_id", "drive-" + Guest.alias(disk));
    }

    private static Json.Obj withDetails(Json.Obj plain, Element disk) {
        Json.Obj device = plain;
        if (!disk.attrIs("device", "cdrom")) {
            device = device.withText("write-cache", writeCache(disk));
        }
        device = device.withText("serial", text(disk, "serial"));
        Optional<String> wwn = text(disk, "wwn");
        if (wwn.isPresent()) {
            device = device.with("wwn", unsigned(wwn.get()));
        }
        device = device.withText("vendor", text(disk, "vendor")).withText("product", text(disk, "product"));
        device = withNumber(device, "logical_block_size", Guest.optionalAttr(disk, "blockio", "logical_block_size"));
        device = withNumber(device, "physical_block_size", Guest.optionalAttr(disk, "blockio", "physical_block_size"));
        device = withNumber(device, "rotation_rate", Guest.optionalAttr(disk, "target", "rotation_rate"));
        if (disk.has("shareable")) {
            device = device.with("share-rw", true);
        }
        Optional<String> werror = Guest.optionalAttr(disk, "driver", "error_policy");
        Optional<String> rerror = Guest.optionalAttr(disk, "driver", "rerror_policy").or(() -> werror
                .map(policy -> policy.equals("enospace") ? "report" : policy));
        return device.withText("werror", werror.map(policy -> policy.equals("enospace") ? "enospc" : policy))
                .withText("rerror", rerror);
    }

    /** A world wide name is 64 bits, written in hexadecimal. */
    private static Json unsigned(String hex) {
        return Json.parse(Long.toUnsignedString(Long.parseUnsignedLong(hex, 16)));
    }

    private static Json.Obj withNumber(Json.Obj device, String property, Optional<String> value) {
        return value.map(text -> device.with(property, Guest.number(text))).orElse(device);
    }

    private static Optional<String> text(Element disk, String child) {
        return disk.childText(child).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** Whether the guest is told that its disk has a write cache follows from the cache mode. */
    private static Optional<String> writeCache(Element disk) {
        return Guest.optionalAttr(disk, "driver", "cache").filter(mode -> !mode.equals("default")).map(mode ->
                switch (mode) {
                    case "writethrough", "directsync" -> "off";
                    default -> "on";
                });
    }
}

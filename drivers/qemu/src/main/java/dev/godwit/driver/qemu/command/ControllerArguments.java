package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Buses: PCI, USB, SCSI, SATA and virtio-serial. What is built into the board is not mentioned. */
final class ControllerArguments implements Part {

    private static final List<String> ORDER = List.of("pci", "usb", "scsi", "ide", "sata", "virtio-serial");

    private static final Map<String, String> USB = Map.ofEntries(
            Map.entry("piix3-uhci", "piix3-usb-uhci"),
            Map.entry("piix4-uhci", "piix4-usb-uhci"),
            Map.entry("ehci", "usb-ehci"),
            Map.entry("ich9-ehci1", "ich9-usb-ehci1"),
            Map.entry("ich9-uhci1", "ich9-usb-uhci1"),
            Map.entry("ich9-uhci2", "ich9-usb-uhci2"),
            Map.entry("ich9-uhci3", "ich9-usb-uhci3"),
            Map.entry("pci-ohci", "pci-ohci"),
            Map.entry("nec-xhci", "nec-usb-xhci"),
            Map.entry("qemu-xhci", "qemu-xhci"));

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("controller")
                .with("type", "pci", "usb", "scsi", "ide", "sata", "virtio-serial")
                .with("index")
                .with("model")
                .with("ports")
                .with("vectors")
                .child(Shape.of("driver").with("queues"))
                .child(Shape.of("model").with("name"))
                .child(Shape.of("target").with("chassis").with("port").with("chassisNr").with("hotplug", "on", "off"))
                .child(Shape.of("master").with("startport")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (String type : ORDER) {
            for (Element controller : guest.devices("controller")) {
                if (controller.attrIs("type", type)) {
                    device(guest, controller)
                            .map(properties -> guest.withAddress(properties, controller))
                            .ifPresent(out::device);
                }
            }
        }
    }

    private static Optional<Json.Obj> device(Guest guest, Element controller) {
        int index = controller.attr("index").map(Guest::number).orElse(0);
        String alias = Guest.alias(controller);
        return switch (controller.attr("type", "")) {
            case "pci" -> pci(guest, controller, alias);
            case "usb" -> usb(guest, controller, alias);
            case "scsi" -> Optional.of(scsi(guest, controller, alias));
            case "ide" -> {
                if (index != 0 || guest.isQ35()) {
                    throw guest.unsupported("device <controller type='ide' index='%d'>".formatted(index));
                }
                yield Optional.empty();
            }
            case "sata" -> index == 0 && guest.isQ35()
                    ? Optional.empty()
                    : Optional.of(Json.EMPTY.with("driver", "ahci").with("id", alias));
            default -> Optional.of(virtioSerial(controller, alias));
        };
    }

    private static Optional<Json.Obj> pci(Guest guest, Element controller, String alias) {
        String model = controller.attr("model", "");
        Json.Obj device = Json.EMPTY.with("driver", Guest.attr(controller, "model", "name"));
        Optional<Element> target = controller.child("target");
        return switch (model) {
            case "pci-root", "pcie-root" -> Optional.empty();
            case "pcie-root-port" -> {
                Json.Obj port = device.with("port", number(target, "port"))
                        .with("chassis", number(target, "chassis"))
                        .with("id", alias);
                yield Optional.of(target.flatMap(element -> element.attr("hotplug"))
                        .map(hotplug -> port.with("hotplug", hotplug.equals("on")))
                        .orElse(port));
            }
            case "pci-bridge" -> Optional.of(
                    device.with("chassis_nr", number(target, "chassisNr")).with("id", alias));
            case "dmi-to-pci-bridge", "pcie-to-pci-bridge" -> Optional.of(device.with("id", alias));
            default -> throw guest.unsupported("device <controller type='pci' model='%s'>".formatted(model));
        };
    }

    private static int number(Optional<Element> target, String attribute) {
        return target.flatMap(element -> element.attr(attribute)).map(Guest::number).orElse(0);
    }

    private static Optional<Json.Obj> usb(Guest guest, Element controller, String alias) {
        String model = controller.attr("model", "");
        if (model.equals("none")) {
            return Optional.empty();
        }
        if (!USB.containsKey(model)) {
            throw guest.unsupported("device <controller type='usb' model='%s'>".formatted(model));
        }
        Json.Obj device = Json.EMPTY.with("driver", USB.get(model));
        if (controller.has("master")) {
            int first = Guest.number(Guest.attr(controller, "master", "startport"));
            // A companion has no name: its ports are those of its master.
            return Optional.of(device.with("masterbus", alias + ".0").with("firstport", first));
        }
        if (controller.attr("ports").isPresent()) {
            int ports = Guest.number(controller.attr("ports", ""));
            device = device.with("p2", ports).with("p3", ports);
        }
        return Optional.of(device.with("id", alias));
    }

    private static Json.Obj scsi(Guest guest, Element controller, String alias) {
        String model = controller.attr("model", "");
        Json.Obj device =
                switch (model) {
                    case "virtio-scsi" -> Json.EMPTY.with("driver", "virtio-scsi-pci").with("id", alias);
                    case "lsilogic" -> Json.EMPTY.with("driver", "lsi").with("id", alias);
                    default -> throw guest.unsupported(
                            "device <controller type='scsi' model='%s'>".formatted(model));
                };
        return Guest.optionalAttr(controller, "driver", "queues")
                .map(queues -> device.with("num_queues", Guest.number(queues)))
                .orElse(device);
    }

    private static Json.Obj virtioSerial(Element controller, String alias) {
        Json.Obj device = Json.EMPTY.with("driver", "virtio-serial-pci").with("id", alias);
        if (controller.attr("ports").isPresent()) {
            device = device.with("max_ports", Guest.number(controller.attr("ports", "")));
        }
        if (controller.attr("vectors").isPresent()) {
            device = device.with("vectors", Guest.number(controller.attr("vectors", "")));
        }
        return device;
    }
}

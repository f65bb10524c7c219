package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives every PCI device an address, adding controllers where the machine has not slots enough.
 *
 * <p>What a guest gets depends only on its definition and never changes afterwards: addresses are part of the machine
 * that the other host of a migration must build. A machine with PCI Express has one slot behind every root port; when
 * its ports are our choice, one is kept free for a device to be plugged in later.
 */
final class PciAddresses implements CompletionStep {

    /** The order in which kinds of devices get addresses, after bridges and before the rest. */
    private static final List<String> KINDS_BEFORE_CONTROLLERS = List.of("filesystem", "interface", "sound");

    private static final List<String> KINDS_AFTER_CONTROLLERS = List.of(
            "disk", "hostdev", "memballoon", "rng", "watchdog", "video", "shmem", "input", "serial", "vsock", "memory",
            "crypto", "panic");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        if (draft.chipset() == Chipset.OTHER) {
            return;
        }
        List<Device> controllers = pciControllers(draft);
        int highest = controllers.stream().mapToInt(Device::index).max().orElse(0);
        boolean bridgeToPci = capabilities.hasDevice("pcie-pci-bridge");
        PciBuses trial = new PciBuses(controllers, highest + 1, true, bridgeToPci);
        findOutBuses(draft, trial, highest);
        for (int i = 1; i < trial.count(); i++) {
            addController(draft, trial, i);
        }
        PciBuses buses = new PciBuses(pciControllers(draft), trial.count(), false, bridgeToPci);
        new Assignment(draft, buses, true).run();
        markMultifunction(draft);
        pciControllers(draft).forEach(PciAddresses::describe);
    }

    private static List<Device> pciControllers(Draft draft) {
        return draft.devices("controller").stream().filter(controller -> controller.is("type", "pci")).toList();
    }

    private static void findOutBuses(Draft draft, PciBuses buses, int highest) {
        Assignment trial = new Assignment(draft, buses, false);
        trial.collect();
        Chipsets.place(draft, buses);
        if (draft.chipset() == Chipset.I440FX && buses.hasRoom()) {
            // A slot for a bridge, should the guest ever need one.
            buses.reserveNext(EnumSet.of(PciConnection.PCI_DEVICE, PciConnection.AUTO_ASSIGN), Optional.empty());
        }
        trial.assign();
        boolean portsAreOurs = highest == 0 && buses.count() > 1;
        if (draft.chipset() == Chipset.Q35 && portsAreOurs) {
            buses.reserveNext(EnumSet.of(PciConnection.PCIE_DEVICE, PciConnection.AUTO_ASSIGN), Optional.empty());
        }
    }

    private static void addController(Draft draft, PciBuses trial, int index) {
        if (!draft.addControllerIfMissing("pci", index, Optional.of(trial.bus(index).model()))) {
            return;
        }
        Device controller = draft.controller("pci", index).orElseThrow();
        Set<PciConnection> needs = PciConnection.neededBy(controller, draft.chipset() == Chipset.Q35);
        // The address itself is assigned in the second pass; here only the place is found, or one more bus.
        trial.reserveNext(needs, Optional.empty());
    }

    private static void markMultifunction(Draft draft) {
        for (Device device : draft.allDevices()) {
            Optional<PciAddress> address = PciAddress.of(device).filter(found -> found.function() != 0);
            address.flatMap(found -> draft.allDevices().stream()
                            .filter(other -> PciAddress.of(other)
                                    .filter(first -> first.bus() == found.bus()
                                            && first.slot() == found.slot()
                                            && first.function() == 0)
                                    .isPresent())
                            .findFirst())
                    .ifPresent(first -> first.change(xml -> xml.mapElements(
                            "address", element -> element.withDefaultAttr("multifunction", "on"))));
        }
    }

    /** Names the device that makes a bus, and numbers it the way QEMU is told. */
    private static void describe(Device controller) {
        String model = controller.attr("model", "");
        String device =
                switch (model) {
                    case "pci-bridge" -> "pci-bridge";
                    case "dmi-to-pci-bridge" -> "i82801b11-bridge";
                    case "pcie-to-pci-bridge" -> "pcie-pci-bridge";
                    case "pcie-root-port" -> "pcie-root-port";
                    case "pcie-switch-upstream-port" -> "x3130-upstream";
                    case "pcie-switch-downstream-port" -> "xio3130-downstream";
                    case "pci-expander-bus" -> "pxb";
                    case "pcie-expander-bus" -> "pxb-pcie";
                    default -> "";
                };
        if (!device.isEmpty()) {
            controller.setDefaultChildAttr("model", "name", device);
        }
        int index = controller.index();
        PciAddress address = PciAddress.of(controller).orElse(PciAddress.of(0, 0, 0));
        switch (model) {
            case "pci-bridge" -> controller.setDefaultChildAttr("target", "chassisNr", Integer.toString(index));
            case "pcie-root-port" -> port(controller, index, address.slot() * 8 + address.function());
            case "pcie-switch-downstream-port" -> port(controller, index, address.slot());
            default -> {}
        }
        if (model.equals("pci-bridge") && index <= address.bus()) {
            throw Refusal.qemuUnsupported(
                    ("PCI controller at index %d (0x%02x) has bus='0x%02x', but index must be larger than bus")
                            .formatted(index, index, address.bus()));
        }
    }

    private static void port(Device controller, int chassis, int port) {
        controller.setDefaultChildAttr("target", "chassis", Integer.toString(chassis));
        controller.setDefaultChildAttr("target", "port", "0x" + Integer.toHexString(port));
    }

    /** One pass over all devices. */
    private record Assignment(Draft draft, PciBuses buses, boolean writes) {

        void run() {
            collect();
            Chipsets.place(draft, buses);
            assign();
        }

        private Set<PciConnection> needs(Device device) {
            return PciConnection.neededBy(device, draft.chipset() == Chipset.Q35);
        }

        /** Takes the addresses that are already there, and writes them in the customary form. */
        void collect() {
            for (Device device : draft.allDevices()) {
                Optional<PciAddress> address = PciAddress.of(device);
                if (address.isEmpty()) {
                    continue;
                }
                device.setAddress(address.get().toElement(device.address()));
                if (Chipsets.isBuiltIn(draft, device, address.get())) {
                    continue;
                }
                Set<PciConnection> needs = needs(device);
                buses.reserve(address.get(), needs.isEmpty() ? EnumSet.of(PciConnection.PCI_DEVICE) : needs);
            }
        }

        void assign() {
            for (Device controller : List.copyOf(draft.devices("controller"))) {
                if (controller.is("type", "pci") && !Draft.isPciRoot(controller)) {
                    assign(controller, Optional.empty());
                }
            }
            KINDS_BEFORE_CONTROLLERS.forEach(this::assignKind);
            for (Device controller : List.copyOf(draft.devices("controller"))) {
                if (ControllerNumbering.isUsb2Part(controller)) {
                    assignUsb2Part(controller);
                } else if (!controller.is("type", "pci")) {
                    assign(controller, Optional.empty());
                }
            }
            KINDS_AFTER_CONTROLLERS.forEach(this::assignKind);
        }

        private void assignKind(String kind) {
            List.copyOf(draft.devices(kind)).forEach(device -> assign(device, Optional.empty()));
        }

        private void assign(Device device, Optional<Integer> function) {
            Set<PciConnection> needs = needs(device);
            if (needs.isEmpty() || !PciAddress.isWantedBy(device)) {
                return;
            }
            write(device, buses.reserveNext(needs, function));
        }

        private void write(Device device, PciAddress address) {
            if (writes) {
                device.setAddress(address.toElement(device.address()));
            }
        }

        /** The parts of a USB 2 controller share a slot, each with a function of its own. */
        private void assignUsb2Part(Device part) {
            if (!PciAddress.isWantedBy(part)) {
                return;
            }
            int function =
                    switch (part.attr("model", "")) {
                        case "ich9-ehci1" -> 7;
                        case "ich9-uhci2" -> 1;
                        case "ich9-uhci3" -> 2;
                        default -> 0;
                    };
            Optional<PciAddress> partner = draft.devices("controller").stream()
                    .filter(other -> ControllerNumbering.isUsb2Part(other) && other.index() == part.index())
                    .flatMap(other -> PciAddress.of(other).stream())
                    .findFirst();
            if (partner.isPresent()) {
                PciAddress address = PciAddress.of(partner.get().bus(), partner.get().slot(), function);
                buses.reserve(address, needs(part));
                part.setAddress(address.toElement(part.address()));
            } else {
                write(part, buses.reserveNext(needs(part), Optional.of(function)));
            }
            if (function == 0 && PciAddress.of(part).isPresent()) {
                part.change(xml -> xml.mapElements("address", a -> a.withDefaultAttr("multifunction", "on")));
            }
        }
    }

    /** What the boards have at fixed places. */
    private static final class Chipsets {

        private static final Set<PciConnection> CONVENTIONAL =
                EnumSet.of(PciConnection.PCI_DEVICE, PciConnection.AUTO_ASSIGN);
        private static final Set<PciConnection> EXPRESS = EnumSet.of(PciConnection.PCIE_DEVICE);
        private static final PciAddress PIIX3_IDE = PciAddress.of(0, 1, 1);
        private static final PciAddress PIIX3_USB = PciAddress.of(0, 1, 2);
        private static final PciAddress ICH9_SATA = PciAddress.of(0, 0x1f, 2);

        private Chipsets() {}

        static boolean isBuiltIn(Draft draft, Device device, PciAddress address) {
            return draft.chipset() == Chipset.I440FX
                    && (isPiix3Ide(device) && address.equals(PIIX3_IDE)
                            || isPiix3Usb(device) && address.equals(PIIX3_USB));
        }

        private static boolean isPiix3Ide(Device device) {
            return device.kind().equals("controller") && device.is("type", "ide") && device.index() == 0;
        }

        private static boolean isPiix3Usb(Device device) {
            return device.kind().equals("controller")
                    && device.is("type", "usb")
                    && device.index() == 0
                    && device.attr("model", "piix3-uhci").equals("piix3-uhci");
        }

        static void place(Draft draft, PciBuses buses) {
            switch (draft.chipset()) {
                case I440FX -> placeI440fx(draft, buses);
                case Q35 -> placeQ35(draft, buses);
                case OTHER -> {}
            }
        }

        private static void placeI440fx(Draft draft, PciBuses buses) {
            for (Device controller : draft.devices("controller")) {
                if (isPiix3Ide(controller)) {
                    fix(controller, PIIX3_IDE, "Primary IDE controller must have PCI address 0:0:1.1");
                    buses.reserve(PIIX3_IDE, CONVENTIONAL);
                } else if (isPiix3Usb(controller)) {
                    fix(controller, PIIX3_USB, "PIIX3 USB controller at index 0 must have PCI address 0:0:1.2");
                    buses.reserve(PIIX3_USB, CONVENTIONAL);
                }
            }
            // The ISA bridge and the power management of the PIIX3.
            buses.reserve(PciAddress.of(0, 1, 0), CONVENTIONAL);
            buses.reserve(PciAddress.of(0, 1, 3), CONVENTIONAL);
            placePrimaryVideo(draft, buses, PciAddress.of(0, 2, 0), CONVENTIONAL);
        }

        private static void placeQ35(Draft draft, PciBuses buses) {
            for (Device controller : draft.devices("controller")) {
                if (controller.is("type", "sata") && controller.index() == 0) {
                    boolean collected = PciAddress.of(controller).isPresent();
                    fix(controller, ICH9_SATA, "Primary SATA controller must have PCI address 0:0:1f.2");
                    if (!collected) {
                        buses.reserve(ICH9_SATA, EXPRESS);
                    }
                } else if (controller.is("model", "ich9-uhci1") && controller.address().isEmpty()) {
                    placeAtFirstFree(controller, buses, List.of(0x1d, 0x1a));
                    controller.change(xml -> xml.mapElements("address", a -> a.withAttr("multifunction", "on")));
                } else if (controller.is("model", "dmi-to-pci-bridge") && controller.address().isEmpty()) {
                    placeAtFirstFree(controller, buses, List.of(0x1e));
                }
            }
            // The ISA bridge and the SMBus of the ICH9.
            buses.reserve(PciAddress.of(0, 0x1f, 0), EXPRESS);
            buses.reserve(PciAddress.of(0, 0x1f, 3), EXPRESS);
            placePrimaryVideo(draft, buses, PciAddress.of(0, 1, 0), EXPRESS);
            placeSound(draft, buses);
        }

        /** A built-in device is where it is; a document that puts it elsewhere cannot be followed. */
        private static void fix(Device device, PciAddress address, String complaint) {
            Optional<PciAddress> given = PciAddress.of(device);
            if (given.isPresent() && !given.get().equals(address)) {
                throw new VirtException(
                        ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, complaint);
            }
            device.setAddress(address.toElement(device.address()));
        }

        private static void placeAtFirstFree(Device device, PciBuses buses, List<Integer> slots) {
            for (int slot : slots) {
                PciAddress address = PciAddress.of(0, slot, 0);
                if (!buses.isSlotTaken(address)) {
                    buses.reserve(address, EXPRESS);
                    device.setAddress(address.toElement(Optional.empty()));
                    return;
                }
            }
        }

        private static void placePrimaryVideo(
                Draft draft, PciBuses buses, PciAddress address, Set<PciConnection> connection) {
            if (draft.devices("video").isEmpty()) {
                return;
            }
            Device video = draft.devices("video").getFirst();
            String type = video.childAttr("model", "type").orElse("");
            if (type.equals("none") || type.equals("ramfb") || !PciAddress.isWantedBy(video)) {
                return;
            }
            if (!buses.isSlotTaken(address)) {
                buses.reserve(address, connection);
                video.setAddress(address.toElement(video.address()));
            }
            // Otherwise it gets the next free address together with the other video devices.
        }

        private static void placeSound(Draft draft, PciBuses buses) {
            PciAddress address = PciAddress.of(0, 0x1b, 0);
            if (buses.isSlotTaken(address)) {
                return;
            }
            draft.devices("sound").stream()
                    .filter(sound -> sound.is("model", "ich9") && PciAddress.isWantedBy(sound))
                    .findFirst()
                    .ifPresent(sound -> {
                        buses.reserve(address, EXPRESS);
                        sound.setAddress(address.toElement(sound.address()));
                    });
        }
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** The devices every PC has, or gets if it does not say otherwise. */
final class DefaultDevices implements CompletionStep {

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        addPs2Inputs(draft);
        switch (draft.chipset()) {
            case Q35 -> {
                addUsbController(draft, q35UsbModel(capabilities));
                draft.addControllerIfMissing("sata", 0, Optional.empty());
                addPciRoot(draft, "pcie-root");
            }
            case I440FX -> {
                addUsbController(draft, Optional.of("piix3-uhci"));
                addPciRoot(draft, "pci-root");
            }
            case OTHER -> {}
        }
        if (draft.devices("memballoon").size() > 1) {
            throw Refusal.internal("only a single memory balloon device is supported");
        }
        if (draft.devices("memballoon").isEmpty()) {
            draft.add(new Device(Element.of("memballoon").withAttr("model", "virtio")));
        }
        if (draft.chipset() == Chipset.Q35) {
            addChipsetWatchdog(draft);
        }
        if (draft.devices("audio").isEmpty()) {
            draft.add(new Device(Element.of("audio").withAttr("id", "1").withAttr("type", "none")));
        }
    }

    private static void addPs2Inputs(Draft draft) {
        boolean absent = draft.domain()
                .child("features", "ps2")
                .filter(ps2 -> ps2.attrIs("state", "off"))
                .isPresent();
        if (absent) {
            return;
        }
        for (String type : List.of("mouse", "keyboard")) {
            boolean there = draft.devices("input").stream()
                    .anyMatch(input -> input.is("type", type) && input.is("bus", "ps2"));
            if (!there) {
                draft.add(new Device(Element.of("input").withAttr("type", type).withAttr("bus", "ps2")));
            }
        }
    }

    private static Optional<String> q35UsbModel(QemuCapabilities capabilities) {
        if (capabilities.hasDevice("qemu-xhci")) {
            return Optional.of("qemu-xhci");
        }
        return capabilities.hasDevice("nec-usb-xhci") ? Optional.of("nec-xhci") : Optional.empty();
    }

    private static void addUsbController(Draft draft, Optional<String> model) {
        if (model.isPresent()) {
            draft.addControllerIfMissing("usb", 0, model);
        }
    }

    private static void addPciRoot(Draft draft, String model) {
        Optional<Device> root = draft.controller("pci", 0);
        if (root.isPresent() && !root.get().is("model", model)) {
            throw new VirtException(
                    ErrorCode.XML_ERROR,
                    ErrorDomain.QEMU,
                    ("The PCI controller with index='0' must be model='%s' for this machine type, but model='%s' was"
                                    + " found instead")
                            .formatted(model, root.get().attr("model", "")));
        }
        draft.addControllerIfMissing("pci", 0, Optional.of(model));
    }

    /** The watchdog in the ICH9 of every q35 board; older daemons do not know it as a device. */
    private static void addChipsetWatchdog(Draft draft) {
        List<Device> watchdogs = draft.devices("watchdog");
        if (watchdogs.stream().anyMatch(watchdog -> watchdog.is("model", "itco"))) {
            return;
        }
        String action = watchdogs.isEmpty() ? "reset" : watchdogs.getFirst().attr("action", "reset");
        draft.add(new Device(Element.of("watchdog").withAttr("model", "itco").withAttr("action", action)));
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The models of controllers. */
final class ControllerCompletion implements CompletionStep {

    private static final Map<String, Set<String>> MODELS = Map.of(
            "pci",
            Set.of("pci-root", "pcie-root", "pci-bridge", "dmi-to-pci-bridge", "pcie-to-pci-bridge", "pcie-root-port",
                    "pcie-switch-upstream-port", "pcie-switch-downstream-port", "pci-expander-bus",
                    "pcie-expander-bus"),
            "scsi",
            Set.of("auto", "buslogic", "lsilogic", "lsisas1068", "vmpvscsi", "ibmvscsi", "virtio-scsi", "lsisas1078",
                    "virtio-transitional", "virtio-non-transitional", "ncr53c90", "dc390", "am53c974"),
            "usb",
            Set.of("piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3",
                    "vt82c686b-uhci", "pci-ohci", "nec-xhci", "qusb1", "qusb2", "qemu-xhci", "none"),
            "ide",
            Set.of("piix3", "piix4", "ich6"),
            "virtio-serial",
            Set.of("virtio", "virtio-transitional", "virtio-non-transitional"));

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (Device controller : draft.devices("controller")) {
            String type = controller.attr("type", "");
            Optional<String> model = controller.attr("model");
            if (model.isPresent()) {
                if (MODELS.containsKey(type) && !MODELS.get(type).contains(model.get())) {
                    throw Refusal.unsupported("Unknown model type '%s'".formatted(model.get()));
                }
                if (type.equals("pci") && Draft.isPciRoot(controller) && controller.index() != 0) {
                    throw Refusal.xml("pci-root and pcie-root controllers should have index 0");
                }
                continue;
            }
            defaultModel(type, capabilities)
                    .ifPresent(chosen -> controller.change(xml -> xml.withAttr("model", chosen)));
        }
    }

    private static Optional<String> defaultModel(String type, QemuCapabilities capabilities) {
        return switch (type) {
            case "usb" -> capabilities.hasDevice("piix3-usb-uhci") ? Optional.of("piix3-uhci") : Optional.empty();
            case "scsi" -> capabilities.hasDevice("lsi53c895a")
                    ? Optional.of("lsilogic")
                    : Optional.of("virtio-scsi");
            default -> Optional.empty();
        };
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives every controller a number, the smallest free one of its type.
 *
 * <p>The parts of a USB 2 controller (an {@code ich9-ehci1} and its three companions) share one number: a part without
 * a number joins the USB controller before it if that is a part too and its own place there is free.
 */
final class ControllerNumbering implements CompletionStep {

    static final Set<String> USB2_PARTS = Set.of("ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3");

    private static final Set<String> TYPES = Set.of(
            "ide", "fdc", "scsi", "sata", "virtio-serial", "ccid", "usb", "pci", "xenbus", "isa", "nvme");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        List<Device> controllers = draft.devices("controller");
        controllers.forEach(ControllerNumbering::checkType);
        boolean partNumbered = false;
        for (int i = 0; i < controllers.size(); i++) {
            Device controller = controllers.get(i);
            if (controller.attr("index").isPresent()) {
                continue;
            }
            Optional<Integer> shared = Optional.empty();
            if (i > 0 && isUsb2Part(controller)) {
                partNumbered = true;
                shared = numberOfPartner(controllers, i);
            }
            int index = shared.orElseGet(() -> smallestFree(controllers, controller));
            controller.change(xml -> xml.withAttr("index", index));
        }
        if (partNumbered) {
            draft.sortControllers();
        }
        refuseDuplicates(controllers);
    }

    static boolean isUsb2Part(Device controller) {
        return controller.is("type", "usb") && USB2_PARTS.contains(controller.attr("model", ""));
    }

    private static void checkType(Device controller) {
        String type = controller.attr("type").orElse("ide");
        if (!TYPES.contains(type)) {
            throw Refusal.badValue("controller", "type", type);
        }
        controller.attr("index").ifPresent(index -> {
            try {
                Numbers.parse(index, "index", "controller");
            } catch (VirtException e) {
                throw Refusal.internal("Cannot parse controller index %s".formatted(index));
            }
        });
    }

    private static Optional<Integer> numberOfPartner(List<Device> controllers, int at) {
        Device controller = controllers.get(at);
        for (int i = at - 1; i >= 0; i--) {
            Device before = controllers.get(i);
            if (!before.is("type", "usb")) {
                continue;
            }
            if (!isUsb2Part(before)) {
                return Optional.empty();
            }
            boolean placeTaken = controllers.stream()
                    .anyMatch(other -> other.is("type", "usb")
                            && other.attr("index").equals(before.attr("index"))
                            && other.attr("model").equals(controller.attr("model")));
            return placeTaken ? Optional.empty() : Optional.of(before.index());
        }
        return Optional.empty();
    }

    private static int smallestFree(List<Device> controllers, Device controller) {
        Set<Integer> taken = new HashSet<>();
        for (Device other : controllers) {
            if (other.attr("type").equals(controller.attr("type")) && other.attr("index").isPresent()) {
                taken.add(other.index());
            }
        }
        int index = 0;
        while (taken.contains(index)) {
            index++;
        }
        return index;
    }

    private static void refuseDuplicates(List<Device> controllers) {
        Set<String> seen = new HashSet<>();
        for (Device controller : controllers) {
            String type = controller.attr("type", "");
            if (!type.equals("usb") && !seen.add(type + " " + controller.index())) {
                throw Refusal.xml("Multiple '%s' controllers with index '%d'".formatted(type, controller.index()));
            }
        }
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the guest boots from: a list of kinds in {@code <os>}, or numbers on single devices. */
final class BootCompletion implements CompletionStep {

    private static final Set<String> KINDS = Set.of("fd", "hd", "cdrom", "network");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        Element os = draft.domain().child("os").orElse(Element.of("os"));
        for (Element boot : os.elements("boot")) {
            String kind = boot.attr("dev", "");
            if (!KINDS.contains(kind)) {
                throw Refusal.badValue("boot", "dev", kind);
            }
        }
        Set<Integer> orders = new HashSet<>();
        for (Device device : draft.allDevices()) {
            order(device).ifPresent(order -> {
                if (!orders.add(order)) {
                    throw Refusal.unsupported("boot order '%d' used for more than one device".formatted(order));
                }
            });
        }
        boolean kinds = os.has("boot");
        if (kinds && !orders.isEmpty()) {
            throw Refusal.unsupported("per-device boot elements cannot be used together with os/boot elements");
        }
        if (!kinds && orders.isEmpty()) {
            draft.change(domain -> domain.mapElements(
                    "os", element -> element.with(Element.of("boot").withAttr("dev", "hd"))));
        }
    }

    private static Optional<Integer> order(Device device) {
        if (!List.of("disk", "interface", "hostdev", "redirdev").contains(device.kind())) {
            return Optional.empty();
        }
        return device.childAttr("boot", "order").map(text -> {
            int order = Numbers.parse(text, "order", "boot");
            if (order == 0) {
                throw new VirtException(
                        ErrorCode.XML_ERROR,
                        ErrorDomain.XML,
                        "Invalid value for attribute 'order' in element 'boot': Zero is not permitted");
            }
            return order;
        });
    }
}

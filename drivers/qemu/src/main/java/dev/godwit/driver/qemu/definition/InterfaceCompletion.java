package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Network interfaces: kind, hardware address and model. */
final class InterfaceCompletion implements CompletionStep {

    private static final Set<String> TYPES = Set.of(
            "user", "ethernet", "vhostuser", "server", "client", "mcast", "network", "bridge", "internal", "direct",
            "hostdev", "udp", "vdpa", "null", "vds");

    private final Identifiers identifiers;

    InterfaceCompletion(Identifiers identifiers) {
        this.identifiers = identifiers;
    }

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (Device nic : draft.devices("interface")) {
            String type = nic.attr("type", "user");
            if (!TYPES.contains(type)) {
                throw Refusal.badValue("interface", "type", type);
            }
            nic.change(xml -> xml.withAttr("type", type));
            requireSource(nic, type);
            String mac = nic.childAttr("mac", "address").map(InterfaceCompletion::checked).orElseGet(identifiers::mac);
            nic.setChildAttr("mac", "address", mac);
            completeModel(nic, type, capabilities);
            dropSingleQueue(nic);
        }
    }

    private static void requireSource(Device nic, String type) {
        Optional<String> attribute =
                switch (type) {
                    case "bridge" -> Optional.of("bridge");
                    case "network" -> Optional.of("network");
                    default -> Optional.empty();
                };
        attribute.ifPresent(name -> {
            if (!nic.xml().has("source")) {
                throw Refusal.xml("interface type='%s' requires a 'source' element".formatted(type));
            }
            if (nic.childAttr("source", name).filter(value -> !value.isEmpty()).isEmpty()) {
                throw Refusal.xml("Missing required attribute '%s' in element 'source'".formatted(name));
            }
        });
    }

    private static String checked(String mac) {
        if (!mac.matches("[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}")) {
            throw Refusal.xml("unable to parse mac address '%s'".formatted(mac));
        }
        StringBuilder canonical = new StringBuilder();
        for (String part : mac.split(":")) {
            canonical.append(canonical.isEmpty() ? "" : ":").append("%02x".formatted(Integer.parseInt(part, 16)));
        }
        if ((Integer.parseInt(canonical.substring(0, 2), 16) & 1) != 0) {
            throw Refusal.xml("expected unicast mac address, found multicast '%s'"
                    .formatted(mac.toLowerCase(Locale.ROOT)));
        }
        return canonical.toString();
    }

    private static void completeModel(Device nic, String type, QemuCapabilities capabilities) {
        Optional<String> model = nic.childAttr("model", "type");
        if (model.isPresent()) {
            if (!model.get().matches("[A-Za-z0-9_-]+")) {
                throw new VirtException(
                        ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN, "Model name contains invalid characters");
            }
            return;
        }
        if (type.equals("hostdev")) {
            return;
        }
        nic.setChildAttr("model", "type", type.equals("vdpa") || type.equals("vhostuser")
                ? "virtio"
                : defaultModel(capabilities));
    }

    private static String defaultModel(QemuCapabilities capabilities) {
        if (capabilities.hasDevice("rtl8139")) {
            return "rtl8139";
        }
        if (capabilities.hasDevice("e1000")) {
            return "e1000";
        }
        return capabilities.hasDevice("virtio-net-pci") ? "virtio" : "rtl8139";
    }

    /** One queue is what every interface has. */
    private static void dropSingleQueue(Device nic) {
        nic.change(xml -> xml.mapElements(
                "driver", driver -> driver.attrIs("queues", "1") ? driver.withoutAttr("queues") : driver));
    }
}

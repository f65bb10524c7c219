package dev.godwit.driver.qemu.capabilities;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The document that tells what a guest of one kind may have ({@code virsh domcapabilities}): what QEMU offers and the
 * command line knows how to say.
 */
public final class DomainCapabilitiesXml {

    /** The kinds of guests that a definition can name, whoever runs them. */
    private static final Set<String> VIRT_TYPES = Set.of("qemu", "kvm", "xen", "lxc", "openvz", "test", "vmware",
            "hyperv", "vbox", "phyp", "parallels", "bhyve", "vz", "hvf");

    private DomainCapabilitiesXml() {}

    /**
     * Writes the document.
     *
     * @param qemu the emulator asked about
     * @param arch the architecture asked about, the emulator's when absent
     * @param machine the machine type asked about or its alias, the preferred one when absent
     * @param type {@code kvm} or {@code qemu}; the better one when absent
     * @return the document
     * @throws VirtException with code 8 if the emulator has no such architecture, machine or accelerator
     */
    public static Element of(
            QemuCapabilities qemu, Optional<String> arch, Optional<String> machine, Optional<String> type) {
        String virtType = type.orElse(qemu.kvm() ? "kvm" : "qemu");
        if (!VIRT_TYPES.contains(virtType)) {
            throw invalid("unknown virttype: " + virtType);
        }
        if (!virtType.equals("qemu") && !virtType.equals("kvm")) {
            throw invalid("Emulator '%s' does not support virt type '%s'".formatted(qemu.emulator(), virtType));
        }
        if (virtType.equals("kvm") && !qemu.kvm()) {
            throw invalid("KVM is not supported by '%s' on this host".formatted(qemu.emulator()));
        }
        if (arch.filter(name -> !name.equals(qemu.arch())).isPresent()) {
            throw invalid("architecture from emulator '%s' doesn't match given architecture '%s'"
                    .formatted(qemu.arch(), arch.get()));
        }
        MachineType chosen = machine.map(name -> qemu.machine(name)
                        .orElseThrow(() -> invalid("the machine '%s' is not supported by emulator '%s'"
                                .formatted(name, qemu.emulator()))))
                .or(qemu::preferredMachine)
                .orElseThrow(() -> invalid("emulator '%s' has no machine to take".formatted(qemu.emulator())));
        return Element.of(
                "domainCapabilities",
                Element.text("path", qemu.emulator()),
                Element.text("domain", virtType),
                Element.text("machine", chosen.name()),
                Element.text("arch", qemu.arch()),
                Element.of("vcpu").withAttr("max", chosen.maxCpus()),
                Element.of("iothreads").withAttr("supported", "no"),
                // No firmware but the built-in one: neither automatic selection nor a loader of one's own.
                Element.of("os", enumeration("firmware"), Element.of("loader").withAttr("supported", "no"))
                        .withAttr("supported", "yes"),
                cpu(qemu, virtType),
                supported("memoryBacking", enumeration("sourceType", "anonymous", "memfd")),
                devices(qemu),
                features());
    }

    private static VirtException invalid(String detail) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.QEMU, detail);
    }

    private static Element cpu(QemuCapabilities qemu, String virtType) {
        boolean kvm = virtType.equals("kvm");
        Element passthrough = mode("host-passthrough", kvm);
        if (kvm) {
            passthrough = passthrough.with(enumeration("hostPassthroughMigratable", "on", "off"));
        }
        Element custom = mode("custom", true);
        for (CpuModel model : qemu.cpus(virtType)) {
            if (List.of("max", "host", "base").contains(model.name())) {
                continue;
            }
            Element element = Element.text("model", model.name()).withAttr("usable", model.usable() ? "yes" : "no");
            custom = custom.with(model.deprecated() ? element.withAttr("deprecated", "yes") : element);
        }
        return Element.of(
                "cpu",
                passthrough,
                mode("maximum", true).with(enumeration("maximumMigratable", "on", "off")),
                mode("host-model", true),
                custom);
    }

    private static Element mode(String name, boolean supported) {
        return Element.of("mode").withAttr("name", name).withAttr("supported", supported ? "yes" : "no");
    }

    private static Element devices(QemuCapabilities qemu) {
        return Element.of(
                "devices",
                supported(
                        "disk",
                        enumeration("diskDevice", "disk", "cdrom"),
                        enumeration("bus", "ide", "scsi", "virtio", "usb", "sata"),
                        enumeration("model", "virtio")),
                supported("graphics", enumeration("type", "vnc")),
                supported("video", enumeration("modelType", videos(qemu))),
                Element.of("hostdev").withAttr("supported", "no"),
                supported("rng", enumeration("model", "virtio"), enumeration("backendModel", "random", "builtin")),
                Element.of("filesystem").withAttr("supported", "no"),
                Element.of("tpm").withAttr("supported", "no"),
                Element.of("redirdev").withAttr("supported", "no"),
                supported("channel", enumeration("type", "pty", "unix")),
                Element.of("crypto").withAttr("supported", "no"),
                supported("interface", enumeration("backendType", "default")),
                supported("panic", enumeration("model", "isa")));
    }

    private static String[] videos(QemuCapabilities qemu) {
        record Video(String type, String driver) {}
        List<Video> known = List.of(
                new Video("vga", "VGA"),
                new Video("cirrus", "cirrus-vga"),
                new Video("qxl", "qxl-vga"),
                new Video("virtio", "virtio-vga"),
                new Video("bochs", "bochs-display"));
        List<String> types = new ArrayList<>(known.stream()
                .filter(video -> qemu.hasDevice(video.driver()))
                .map(Video::type)
                .toList());
        types.add("none");
        return types.toArray(String[]::new);
    }

    private static Element features() {
        return Element.of(
                "features",
                Element.of("gic").withAttr("supported", "no"),
                Element.of("vmcoreinfo").withAttr("supported", "no"),
                Element.of("genid").withAttr("supported", "no"),
                Element.of("backingStoreInput").withAttr("supported", "yes"),
                Element.of("backup").withAttr("supported", "no"),
                Element.of("ps2").withAttr("supported", "yes"),
                Element.of("sev").withAttr("supported", "no"));
    }

    private static Element supported(String name, Element... content) {
        return Element.of(name, content).withAttr("supported", "yes");
    }

    private static Element enumeration(String name, String... values) {
        Element element = Element.of("enum").withAttr("name", name);
        for (String value : values) {
            element = element.with(Element.text("value", value));
        }
        return element;
    }
}

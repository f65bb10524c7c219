package dev.godwit.driver.qemu.capabilities;

import dev.godwit.driver.qemu.capabilities.HostHardware.Cpu;
import dev.godwit.driver.qemu.capabilities.HostHardware.Node;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.UUID;

/** The document that tells what a host is and which guests it can have ({@code virsh capabilities}). */
public final class CapabilitiesXml {

    private CapabilitiesXml() {}

    /**
     * Writes the document.
     *
     * @param hostUuid what tells this host from others
     * @param host its hardware
     * @param emulators the QEMU binaries it has, one an architecture
     * @return the document
     */
    public static Element of(UUID hostUuid, HostHardware host, List<QemuCapabilities> emulators) {
        Element document = Element.of("capabilities", host(hostUuid, host));
        for (QemuCapabilities emulator : emulators) {
            document = document.with(guest(emulator));
        }
        return document;
    }

    private static Element host(UUID hostUuid, HostHardware host) {
        Element migration = Element.of(
                "migration_features",
                Element.of("live"),
                Element.of("uri_transports", Element.text("uri_transport", "tcp")));
        return Element.of(
                "host",
                Element.text("uuid", hostUuid.toString()),
                cpu(host),
                Element.of("power_management"),
                Element.of("iommu").withAttr("support", "no"),
                migration,
                topology(host),
                Element.of("secmodel", Element.text("model", "none"), Element.text("doi", "0")));
    }

    private static Element cpu(HostHardware host) {
        Element cpu = Element.of("cpu", Element.text("arch", host.arch()));
        if (!host.vendor().isEmpty()) {
            cpu = cpu.with(Element.text("vendor", host.vendor()));
        }
        if (host.microcode() != 0) {
            cpu = cpu.with(Element.of("microcode").withAttr("version", host.microcode()));
        }
        cpu = cpu.with(Element.of("signature")
                .withAttr("family", host.family())
                .withAttr("model", host.model())
                .withAttr("stepping", host.stepping()));
        cpu = cpu.with(Element.of("topology")
                .withAttr("sockets", host.socketsPerNode())
                .withAttr("dies", 1)
                .withAttr("clusters", 1)
                .withAttr("cores", host.coresPerSocket())
                .withAttr("threads", host.threadsPerCore()));
        if (host.physicalAddressBits() != 0) {
            cpu = cpu.with(Element.of("maxphysaddr")
                    .withAttr("mode", "emulate")
                    .withAttr("bits", host.physicalAddressBits()));
        }
        return cpu.with(Element.of("pages").withAttr("unit", "KiB").withAttr("size", 4));
    }

    private static Element topology(HostHardware host) {
        Element cells = Element.of("cells").withAttr("num", host.nodes().size());
        for (Node node : host.nodes()) {
            Element cpus = Element.of("cpus").withAttr("num", node.cpus().size());
            for (Cpu cpu : host.cpus()) {
                if (node.cpus().contains(cpu.id())) {
                    cpus = cpus.with(Element.of("cpu")
                            .withAttr("id", cpu.id())
                            .withAttr("socket_id", cpu.socket())
                            .withAttr("die_id", cpu.die())
                            .withAttr("core_id", cpu.core())
                            .withAttr("siblings", cpu.siblings()));
                }
            }
            cells = cells.with(Element.of(
                            "cell",
                            Element.text("memory", Long.toString(node.memoryKib())).withAttr("unit", "KiB"),
                            cpus)
                    .withAttr("id", node.id()));
        }
        return Element.of("topology", cells);
    }

    private static Element guest(QemuCapabilities emulator) {
        Element arch = Element.of(
                        "arch",
                        Element.text("wordsize", emulator.arch().endsWith("64") ? "64" : "32"),
                        Element.text("emulator", emulator.emulator()))
                .withAttr("name", emulator.arch());
        for (MachineType machine : emulator.machines()) {
            if (machine.name().equals("none")) {
                continue;
            }
            arch = arch.with(machine(machine, machine.name(), false));
            if (machine.alias().isPresent()) {
                arch = arch.with(machine(machine, machine.alias().get(), true));
            }
        }
        arch = arch.with(Element.of("domain").withAttr("type", "qemu"));
        if (emulator.kvm()) {
            arch = arch.with(Element.of("domain").withAttr("type", "kvm"));
        }
        Element features = Element.of(
                "features",
                Element.of("acpi").withAttr("default", "on").withAttr("toggle", "yes"),
                Element.of("apic").withAttr("default", "on").withAttr("toggle", "no"),
                Element.of("cpuselection"),
                Element.of("deviceboot"));
        return Element.of("guest", Element.text("os_type", "hvm"), arch, features);
    }

    private static Element machine(MachineType machine, String name, boolean alias) {
        Element element = Element.text("machine", name);
        element = alias ? element.withAttr("canonical", machine.name()) : element;
        element = element.withAttr("maxCpus", machine.maxCpus());
        return machine.deprecated() ? element.withAttr("deprecated", "yes") : element;
    }
}

package dev.godwit.driver.qemu.capabilities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.Golden;
import dev.godwit.xml.Element;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CapabilitiesXmlTest {

    private static final String CPUINFO =
            """
            processor	: 0
            vendor_id	: GenuineIntel
            cpu family	: 6
            model		: 85
            model name	: Intel(R) Xeon(R)
            stepping	: 7
            microcode	: 0x5003604
            cpu MHz		: 2494.140
            address sizes	: 46 bits physical, 48 bits virtual

            processor	: 1
            vendor_id	: GenuineIntel
            """;

    /** Two sockets with a node each, one core with two threads in each. */
    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("/proc/cpuinfo", CPUINFO),
            Map.entry("/proc/meminfo", "MemTotal:       16000000 kB\nMemFree:         1 kB\n"),
            Map.entry("/sys/devices/system/cpu/online", "0-3\n"),
            Map.entry("/sys/devices/system/cpu/cpu0/topology/physical_package_id", "0\n"),
            Map.entry("/sys/devices/system/cpu/cpu0/topology/core_id", "0\n"),
            Map.entry("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list", "0,2\n"),
            Map.entry("/sys/devices/system/cpu/cpu1/topology/physical_package_id", "1\n"),
            Map.entry("/sys/devices/system/cpu/cpu1/topology/core_id", "0\n"),
            Map.entry("/sys/devices/system/cpu/cpu1/topology/thread_siblings_list", "1,3\n"),
            Map.entry("/sys/devices/system/cpu/cpu2/topology/physical_package_id", "0\n"),
            Map.entry("/sys/devices/system/cpu/cpu2/topology/core_id", "0\n"),
            Map.entry("/sys/devices/system/cpu/cpu2/topology/thread_siblings_list", "0,2\n"),
            Map.entry("/sys/devices/system/cpu/cpu3/topology/physical_package_id", "1\n"),
            Map.entry("/sys/devices/system/cpu/cpu3/topology/core_id", "0\n"),
            Map.entry("/sys/devices/system/cpu/cpu3/topology/thread_siblings_list", "1,3\n"),
            Map.entry("/sys/devices/system/node/online", "0-1\n"),
            Map.entry("/sys/devices/system/node/node0/cpulist", "0,2\n"),
            Map.entry("/sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:       9000000 kB\n"),
            Map.entry("/sys/devices/system/node/node1/cpulist", "1,3\n"),
            Map.entry("/sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:       7000000 kB\n"));

    private final HostHardware host = HostProbe.read(path -> Optional.ofNullable(FILES.get(path)));

    @Test
    void readsTheHardware() {
        assertThat(host.vendor()).isEqualTo("Intel");
        assertThat(host.family()).isEqualTo(6);
        assertThat(host.model()).isEqualTo(85);
        assertThat(host.microcode()).isEqualTo(0x5003604);
        assertThat(host.physicalAddressBits()).isEqualTo(46);
        assertThat(host.mhz()).isEqualTo(2494);
        assertThat(host.memoryKib()).isEqualTo(16_000_000);
        assertThat(host.cpus()).hasSize(4);
        assertThat(host.nodes()).hasSize(2);
        assertThat(host.socketsPerNode()).isEqualTo(1);
        assertThat(host.coresPerSocket()).isEqualTo(1);
        assertThat(host.threadsPerCore()).isEqualTo(2);
    }

    @Test
    void aHostThatTellsNothingIsSmall() {
        HostHardware silent = HostProbe.read(_ -> Optional.empty());

        assertThat(silent.cpus()).hasSize(1);
        assertThat(silent.nodes()).hasSize(1);
        assertThat(silent.socketsPerNode() * silent.coresPerSocket() * silent.threadsPerCore()).isEqualTo(1);
    }

    @Test
    void capabilitiesNameTheHostAndItsMachines() {
        UUID uuid = UUID.fromString("11112222-3333-4444-5555-666677778888");

        Element document = CapabilitiesXml.of(uuid, host, java.util.List.of(Golden.capabilities()));

        assertThat(document.childText("host", "uuid")).contains(uuid.toString());
        assertThat(document.childText("host", "cpu", "vendor")).contains("Intel");
        assertThat(document.child("host", "topology", "cells").orElseThrow().elements("cell")).hasSize(2);
        assertThat(document.has("host", "migration_features", "live")).isTrue();
        Element arch = document.child("guest", "arch").orElseThrow();
        assertThat(arch.elements("machine"))
                .contains(
                        Element.text("machine", "pc-q35-10.0").withAttr("maxCpus", 4096),
                        Element.text("machine", "q35").withAttr("canonical", "pc-q35-10.0").withAttr("maxCpus", 4096));
        assertThat(arch.elements("domain")).extracting(d -> d.attr("type", "")).containsExactly("qemu", "kvm");
        assertThat(document.print()).doesNotContain(">none</machine>");
    }

    @Test
    void withoutKvmThereIsOnlyEmulation() {
        QemuCapabilities qemu = QemuProbe.probe(
                "/q", Golden.recorded("probe-qemu-10.0.jsonl", false), Optional.empty());

        Element document = CapabilitiesXml.of(UUID.randomUUID(), host, java.util.List.of(qemu));

        assertThat(document.child("guest", "arch").orElseThrow().elements("domain"))
                .extracting(d -> d.attr("type", ""))
                .containsExactly("qemu");
    }

    @Test
    void domainCapabilitiesTellWhatTheCommandLineCanSay() {
        Element document = DomainCapabilitiesXml.of(
                Golden.capabilities(), Optional.empty(), Optional.of("q35"), Optional.of("qemu"));

        assertThat(document.childText("machine")).contains("pc-q35-10.0");
        assertThat(document.childText("domain")).contains("qemu");
        assertThat(document.print()).contains("<model usable='yes'>qemu64</model>");
        assertThat(document.child("cpu").orElseThrow().elements("mode").getFirst().attr("supported")).contains("no");
        assertThat(document.child("devices", "hostdev").orElseThrow().attr("supported")).contains("no");
    }

    @Test
    void whatTheEmulatorDoesNotHaveIsRefused() {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> DomainCapabilitiesXml.of(
                        Golden.capabilities(), Optional.empty(), Optional.of("vax"), Optional.empty()))
                .withMessage("invalid argument: the machine 'vax' is not supported by emulator"
                        + " '/usr/bin/qemu-system-x86_64'");
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> DomainCapabilitiesXml.of(
                        Golden.capabilities(), Optional.of("vax"), Optional.empty(), Optional.empty()));
    }
}

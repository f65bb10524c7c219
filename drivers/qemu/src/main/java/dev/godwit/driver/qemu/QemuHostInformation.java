package dev.godwit.driver.qemu;

import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostInformation;
import dev.godwit.driver.qemu.capabilities.CapabilitiesXml;
import dev.godwit.driver.qemu.capabilities.DomainCapabilitiesXml;
import dev.godwit.driver.qemu.capabilities.HostHardware;
import dev.godwit.driver.qemu.capabilities.HostProbe;
import dev.godwit.driver.qemu.capabilities.MachineType;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.machine.QemuHypervisor;
import dev.godwit.xml.Element;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What this host is, as Linux tells it, and what its QEMU can do, as QEMU tells it. */
final class QemuHostInformation implements HostInformation {

    /** What libvirt says of guests without KVM, whatever QEMU can do. */
    private static final int MAX_VCPUS_EMULATED = 16;

    private static final String DMI = "/sys/class/dmi/id/";

    /** The parts of SMBIOS that are shown: block, then entry and the kernel's name of it. */
    private static final SequencedMap<String, SequencedMap<String, String>> SMBIOS = new LinkedHashMap<>();

    static {
        put("bios", "vendor", "bios_vendor", "version", "bios_version", "date", "bios_date", "release", "bios_release");
        put("system", "manufacturer", "sys_vendor", "product", "product_name", "version", "product_version",
                "serial", "product_serial", "uuid", "product_uuid", "sku", "product_sku", "family", "product_family");
        put("baseBoard", "manufacturer", "board_vendor", "product", "board_name", "version", "board_version",
                "serial", "board_serial", "asset", "board_asset_tag");
        put("chassis", "manufacturer", "chassis_vendor", "version", "chassis_version", "serial", "chassis_serial",
                "asset", "chassis_asset_tag");
    }

    private static void put(String block, String... entries) {
        SequencedMap<String, String> names = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            names.put(entries[i], entries[i + 1]);
        }
        SMBIOS.put(block, names);
    }

    private final HostIdentity host;
    private final QemuHypervisor hypervisor;
    private final Function<String, Optional<String>> files;

    /**
     * What a host is.
     *
     * @param host       who it is
     * @param hypervisor its QEMU
     * @param files      gives the content of a file by its absolute path, or nothing if there is none that may be read
     */
    QemuHostInformation(
            HostIdentity host, QemuHypervisor hypervisor, Function<String, Optional<String>> files) {
        this.host = host;
        this.hypervisor = hypervisor;
        this.files = files;
    }

    @Override
    public String type() {
        return "QEMU";
    }

    @Override
    public long version() {
        return hypervisor.capabilities().version();
    }

    @Override
    public String capabilities() {
        return CapabilitiesXml.of(host.uuid(), HostProbe.read(files), List.of(hypervisor.capabilities())).print();
    }

    @Override
    public String domainCapabilities(
            Optional<String> emulator, Optional<String> arch, Optional<String> machine, Optional<String> type) {
        QemuCapabilities asked = emulator.map(hypervisor::capabilities).orElseGet(hypervisor::capabilities);
        return DomainCapabilitiesXml.of(asked, arch, machine, type).print();
    }

    @Override
    public int maxVirtualCpus(Optional<String> type) {
        if (!type.orElse("").equals("kvm")) {
            return MAX_VCPUS_EMULATED;
        }
        return hypervisor.capabilities().machines().stream().mapToInt(MachineType::maxCpus).max()
                .orElse(MAX_VCPUS_EMULATED);
    }

    @Override
    public NodeInfo node() {
        HostHardware hardware = HostProbe.read(files);
        return new NodeInfo(
                hardware.arch(),
                hardware.memoryKib(),
                hardware.cpus().size(),
                hardware.mhz(),
                hardware.nodes().size(),
                hardware.socketsPerNode(),
                hardware.coresPerSocket(),
                hardware.threadsPerCore());
    }

    @Override
    public long freeMemoryBytes() {
        Matcher free = Pattern.compile("MemFree:\\s*([0-9]+) kB").matcher(files.apply("/proc/meminfo").orElse(""));
        return free.find() ? Long.parseLong(free.group(1)) * 1024 : 0;
    }

    @Override
    public Optional<String> sysinfo() {
        Element sysinfo = Element.of("sysinfo").withAttr("type", "smbios");
        for (Map.Entry<String, SequencedMap<String, String>> block : SMBIOS.entrySet()) {
            Element shown = Element.of(block.getKey());
            for (Map.Entry<String, String> entry : block.getValue().entrySet()) {
                Optional<String> value = files.apply(DMI + entry.getValue()).map(String::strip)
                        .filter(text -> !text.isEmpty());
                if (value.isPresent()) {
                    shown = shown.with(Element.text("entry", value.get()).withAttr("name", entry.getKey()));
                }
            }
            if (!shown.children().isEmpty()) {
                sysinfo = sysinfo.with(shown);
            }
        }
        return sysinfo.children().isEmpty() ? Optional.empty() : Optional.of(sysinfo.print());
    }

    @Override
    public byte[] onlineCpus() {
        BitSet online = new BitSet();
        HostProbe.read(files).cpus().forEach(cpu -> online.set(cpu.id()));
        return online.toByteArray();
    }
}

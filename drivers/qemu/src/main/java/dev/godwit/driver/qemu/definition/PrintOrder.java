package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Attribute;
import dev.godwit.xml.Element;
import dev.godwit.xml.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The order in which libvirt prints what it knows.
 *
 * <p>It matters to people who compare documents, and it decides the order of devices on the command line. What is not
 * on the lists stays behind the neighbour it followed.
 */
final class PrintOrder {

    private static final List<String> DOMAIN = list(
            "name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune memoryBacking"
                    + " vcpu vcpus iothreads iothreadids defaultiothread throttlegroups cputune numatune resource"
                    + " sysinfo bootloader bootloader_args os idmap features cpu clock on_poweroff on_reboot on_crash"
                    + " on_lockfailure pm perf keywrap devices seclabel launchSecurity qemu:commandline"
                    + " qemu:capabilities qemu:override qemu:deprecation");

    private static final List<String> DEVICES = list(
            "emulator disk controller lease filesystem interface smartcard serial parallel console channel input tpm"
                    + " graphics sound audio video hostdev redirdev redirfilter hub watchdog memballoon rng nvram panic"
                    + " shmem memory crypto iommu vsock pstore");

    private static final List<String> OS = list(
            "type firmware init initarg initenv initdir inituser initgroup loader nvram kernel initrd cmdline shim dtb"
                    + " root acpi boot bootmenu bios smbios");

    private static final List<String> FEATURES = list(
            "acpi apic pae hap viridian privnet hyperv kvm pvspinlock capabilities pmu vmport gic smm ioapic hpt"
                    + " vmcoreinfo htm nested-hv msrs ccf-assist xen cfpc sbbc ibs tcg async-teardown ras ps2 aia");

    private static final List<String> CPU = list("arch model vendor signature microcode counter topology cache"
            + " maxphysaddr feature numa");

    /** What every device may end with. */
    private static final String INFO = " boot alias acpi master rom address";

    private static final Map<String, List<String>> DEVICE = Map.ofEntries(
            Map.entry("disk", list("driver auth source backingStore backenddomain geometry blockio mirror target iotune"
                    + " throttlefilters readonly shareable transient serial wwn vendor product encryption" + INFO)),
            Map.entry("controller", list("driver model target pcihole64" + INFO)),
            Map.entry("interface", list("mac source virtualport ip route script downscript backenddomain target guest"
                    + " model driver backend filterref bandwidth vlan port link mtu coalesce tune portForward teaming"
                    + INFO)),
            Map.entry("serial", list("source protocol log target" + INFO)),
            Map.entry("parallel", list("source protocol log target" + INFO)),
            Map.entry("console", list("source protocol log target" + INFO)),
            Map.entry("channel", list("source protocol log target" + INFO)),
            Map.entry("input", list("driver source" + INFO)),
            Map.entry("graphics", list("listen channel image jpeg zlib playback streaming clipboard mouse filetransfer"
                    + " gl")),
            Map.entry("video", list("driver model" + INFO)),
            Map.entry("watchdog", list(INFO)),
            Map.entry("memballoon", list("stats driver" + INFO)),
            Map.entry("rng", list("rate backend driver" + INFO)),
            Map.entry("panic", list(INFO)));

    private static final Map<String, List<String>> ATTRIBUTES = Map.ofEntries(
            Map.entry("domain", list("xmlns:qemu type id")),
            Map.entry("vcpu", list("placement cpuset current")),
            Map.entry("type", list("arch machine")),
            Map.entry("disk", list("type device model rawio sgio snapshot")),
            Map.entry("controller", list("type index model ports vectors")),
            Map.entry("input", list("type bus model")),
            Map.entry("watchdog", list("model action")),
            Map.entry("memballoon", list("model autodeflate freePageReporting")),
            Map.entry("graphics", list("type port tlsPort autoport websocket listen socket keymap sharePolicy passwd"
                    + " passwdValidTo connected")),
            Map.entry("console", list("type tty")),
            Map.entry("serial", list("type tty")),
            Map.entry("cpu", list("mode match check migratable")),
            Map.entry("topology", list("sockets dies clusters cores threads")),
            Map.entry("timer", list("name present tickpolicy track frequency mode")),
            Map.entry("feature", list("policy name")));

    private PrintOrder() {}

    private static List<String> list(String names) {
        return List.of(names.strip().split(" +"));
    }

    static List<Device> devices(Map<String, List<Device>> devices) {
        Stream<Device> known = DEVICES.stream().flatMap(kind -> devices.getOrDefault(kind, List.of()).stream());
        Stream<Device> others = devices.entrySet().stream()
                .filter(entry -> !DEVICES.contains(entry.getKey()))
                .flatMap(entry -> entry.getValue().stream());
        return Stream.concat(known, others).toList();
    }

    static Element domain(Element domain) {
        return children(attributes(domain), DOMAIN)
                .mapElements("vcpu", PrintOrder::attributes)
                .mapElements("os", os -> children(os, OS).mapElements("type", PrintOrder::attributes))
                .mapElements("features", features -> children(features, FEATURES))
                .mapElements("clock", clock -> clock.mapElements(PrintOrder::attributes))
                .mapElements("cpu", cpu -> children(attributes(cpu), CPU).mapElements(PrintOrder::attributes));
    }

    static Element device(Element device) {
        List<String> order = DEVICE.getOrDefault(device.name(), list("source model" + INFO));
        return children(attributes(device), order);
    }

    private static Element attributes(Element element) {
        List<String> order = ATTRIBUTES.get(element.name());
        if (order == null || element.attributes().size() < 2) {
            return element;
        }
        List<Attribute> sorted = new ArrayList<>(element.attributes());
        sorted.sort(Comparator.comparingInt(attribute -> {
            int rank = order.indexOf(attribute.name());
            return rank < 0 ? order.size() : rank;
        }));
        return new Element(element.name(), element.namespace(), sorted, element.children());
    }

    private record Ranked(Node node, int rank) {}

    /** Sorts children by a list. Nodes that are not on it keep their neighbour. */
    private static Element children(Element parent, List<String> order) {
        List<Ranked> ranked = new ArrayList<>();
        int last = -1;
        for (Node node : parent.children()) {
            int rank = node instanceof Element element ? order.indexOf(element.name()) : -1;
            last = rank < 0 ? last : rank;
            ranked.add(new Ranked(node, last));
        }
        ranked.sort(Comparator.comparingInt(Ranked::rank));
        return parent.withChildren(ranked.stream().map(Ranked::node).toList());
    }
}

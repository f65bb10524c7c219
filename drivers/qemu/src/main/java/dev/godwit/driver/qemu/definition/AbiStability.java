package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Whether a definition that somebody wants to use in place of a running guest's describes the same machine.
 *
 * <p>The guest does not notice a move as long as it finds the same CPU, memory and devices at the same places.
 * Sources of disks, connections of interfaces, ports of VNC servers and the like belong to the host and are free.
 */
public final class AbiStability {

    /** One thing to compare, and libvirt's words for a difference; the target's value comes first in them. */
    private record Row(String words, Function<Element, String> value) {

        static Row attr(String words, String attribute) {
            return new Row(words, element -> element.attr(attribute, ""));
        }

        static Row attr(String words, String child, String attribute) {
            return new Row(
                    words, element -> element.child(child).flatMap(found -> found.attr(attribute)).orElse(""));
        }

        static Row text(String words, String... path) {
            return new Row(words, element -> element.childText(path).map(String::strip).orElse(""));
        }

        static Row present(String words, String child) {
            return new Row(words, element -> Boolean.toString(element.has(child)));
        }

        void check(Element source, Element target, ErrorDomain domain) {
            String before = value.apply(source);
            String after = value.apply(target);
            if (!before.equals(after)) {
                String detail = words.contains("%s") ? words.formatted(after, before) : words;
                throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, domain, detail);
            }
        }
    }

    private static final List<Row> DOMAIN = List.of(
            Row.attr("Target domain virt type %s does not match source %s", "type"),
            Row.text("Target domain uuid %s does not match source %s", "uuid"),
            Row.present("Target domain requested genid does not match source", "genid"),
            Row.text("Target domain genid %s does not match source %s", "genid"),
            Row.text("Target domain name '%s' does not match source '%s'", "name"),
            Row.text("Target domain max memory %s does not match source %s", "memory"),
            Row.text("Target domain current memory %s does not match source %s", "currentMemory"),
            Row.text("Target maximum memory size '%s' doesn't match source '%s'", "maxMemory"),
            Row.text("Target domain vCPU max %s does not match source %s", "vcpu"),
            Row.attr("Target domain vCPU count %s does not match source %s", "vcpu", "current"),
            Row.text("Target domain OS type %s does not match source %s", "os", "type"),
            new Row("Target domain architecture %s does not match source %s", os("type", "arch")),
            new Row("Target domain machine type %s does not match source %s", os("type", "machine")),
            Row.text("Target domain loader %s does not match source %s", "os", "loader"),
            new Row("Target domain SMBIOS mode %s does not match source %s", os("smbios", "mode")));

    private static final List<Row> CPU = List.of(
            Row.attr("Target CPU mode %s does not match source %s", "mode"),
            Row.text("Target CPU model %s does not match source %s", "model"),
            Row.text("Target CPU vendor %s does not match source %s", "vendor"),
            Row.attr("Target CPU sockets %s does not match source %s", "topology", "sockets"),
            Row.attr("Target CPU dies %s does not match source %s", "topology", "dies"),
            Row.attr("Target CPU clusters %s does not match source %s", "topology", "clusters"),
            Row.attr("Target CPU cores %s does not match source %s", "topology", "cores"),
            Row.attr("Target CPU threads %s does not match source %s", "topology", "threads"),
            new Row("Target CPU features %s do not match source %s", AbiStability::cpuFeatures),
            new Row(
                    "Target CPU NUMA cells do not match source",
                    cpu -> cpu.child("numa").map(Element::print).orElse("")));

    private static final Row ADDRESS_TYPE =
            Row.attr("Target device address type %s does not match source %s", "address", "type");

    private static final List<Row> VIRTIO = List.of(
            Row.attr("Target device iommu option '%s' does not match source '%s'", "driver", "iommu"),
            Row.attr("Target device ats option '%s' does not match source '%s'", "driver", "ats"),
            Row.attr("Target device packed option '%s' does not match source '%s'", "driver", "packed"),
            Row.attr("Target device page_per_vq option '%s' does not match source '%s'", "driver", "page_per_vq"));

    /** What devices of a kind are called when there are too many or too few, and what of them is compared. */
    private record Kind(String count, List<Row> rows) {}

    private static final Map<String, Kind> KINDS = kinds();

    private AbiStability() {}

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put("disk", new Kind("disk", List.of(
                Row.attr("Target disk device %s does not match source %s", "device"),
                Row.attr("Target disk bus %s does not match source %s", "target", "bus"),
                Row.attr("Target disk %s does not match source %s", "target", "dev"),
                Row.text("Target disk serial %s does not match source %s", "serial"),
                Row.text("Target disk wwn '%s' does not match source '%s'", "wwn"),
                Row.present("Target disk access mode does not match source", "readonly"),
                Row.attr("Target disk model %s does not match source %s", "model"),
                Row.attr("Target disk rotation rate %s RPM does not match source %s RPM", "target", "rotation_rate"),
                Row.attr("Target disk queue count %s does not match source %s", "driver", "queues"),
                Row.attr("Target disk queue size %s does not match source %s", "driver", "queue_size"),
                Row.attr("Target disk logical_block_size %s does not match source %s", "blockio", "logical_block_size"),
                Row.attr(
                        "Target disk physical_block_size %s does not match source %s",
                        "blockio",
                        "physical_block_size"))));
        kinds.put("controller", new Kind("controller", List.of(
                Row.attr("Target controller type %s does not match source %s", "type"),
                Row.attr("Target controller index %s does not match source %s", "index"),
                Row.attr("Target controller model %s does not match source %s", "model"),
                Row.attr("Target controller ports %s does not match source %s", "ports"),
                Row.attr("Target controller vectors %s does not match source %s", "vectors"),
                Row.attr("Target controller chassis %s does not match source %s", "target", "chassis"),
                Row.attr("Target controller port %s does not match source %s", "target", "port"),
                Row.attr("Target controller chassisNr %s does not match source %s", "target", "chassisNr"),
                Row.attr("Target controller hotplug %s does not match source %s", "target", "hotplug"))));
        kinds.put("filesystem", new Kind("filesystem", List.of(
                Row.attr("Target filesystem guest target %s does not match source %s", "target", "dir"),
                Row.attr("Target filesystem access mode does not match source", "accessmode"))));
        kinds.put("interface", new Kind("net card", List.of(
                Row.attr("Target network card mac %s does not match source %s", "mac", "address"),
                Row.attr("Target network card model %s does not match source %s", "model", "type"),
                Row.attr("Target network card MTU %s does not match source %s", "mtu", "size"),
                Row.attr("Target network card queue count %s does not match source %s", "driver", "queues"))));
        kinds.put("input", new Kind("input device", List.of(
                Row.attr("Target input device type %s does not match source %s", "type"),
                Row.attr("Target input device bus %s does not match source %s", "bus"),
                Row.attr("Target input model %s does not match source %s", "model"))));
        kinds.put("sound", new Kind("sound card", List.of(
                Row.attr("Target sound card model %s does not match source %s", "model"))));
        kinds.put("video", new Kind("video card", List.of(
                Row.attr("Target video card model %s does not match source %s", "model", "type"),
                Row.attr("Target video card ram %s does not match source %s", "model", "ram"),
                Row.attr("Target video card vram %s does not match source %s", "model", "vram"),
                Row.attr("Target video card vgamem %s does not match source %s", "model", "vgamem"),
                Row.attr("Target video card heads %s does not match source %s", "model", "heads"))));
        kinds.put("hostdev", new Kind("host device", List.of(
                Row.attr("Target host device mode %s does not match source %s", "mode"),
                Row.attr("Target host device subsystem type %s is not compatible with source subsystem type %s",
                        "type"))));
        kinds.put("smartcard", new Kind("smartcard", List.of()));
        kinds.put("serial", new Kind("serial port", List.of(
                Row.attr("Target serial type %s does not match source %s", "target", "type"),
                Row.attr("Target serial port %s does not match source %s", "target", "port"))));
        kinds.put("parallel", new Kind("parallel port", List.of(
                Row.attr("Target parallel port %s does not match source %s", "target", "port"))));
        kinds.put("channel", new Kind("channel", List.of(
                Row.attr("Target channel type %s does not match source %s", "target", "type"),
                Row.attr("Target channel name %s does not match source %s", "target", "name"))));
        kinds.put("console", new Kind("console", List.of(
                Row.attr("Target console type %s does not match source %s", "target", "type"))));
        kinds.put("hub", new Kind("hub device", List.of(
                Row.attr("Target hub device type %s does not match source %s", "type"))));
        kinds.put("redirdev", new Kind("redirected devices", List.of(
                Row.attr("Target redirected device bus %s does not match source %s", "bus"))));
        kinds.put("watchdog", new Kind("watchdog device", List.of(
                Row.attr("Target watchdog model %s does not match source %s", "model"))));
        kinds.put("memballoon", new Kind("memory balloon", List.of(
                Row.attr("Target balloon model %s does not match source %s", "model"),
                Row.attr("Target balloon autodeflate attribute value '%s' does not match source '%s'", "autodeflate"),
                Row.attr(
                        "Target balloon freePageReporting attribute value '%s' does not match source '%s'",
                        "freePageReporting"))));
        kinds.put("rng", new Kind("RNG device", List.of(
                Row.attr("Target RNG model '%s' does not match source '%s'", "model"))));
        kinds.put("panic", new Kind("panic device", List.of(
                Row.attr("Target panic model '%s' does not match source '%s'", "model"))));
        kinds.put("shmem", new Kind("shared memory device", List.of(
                Row.attr("Target shared memory model '%s' does not match source model '%s'", "model", "type"))));
        kinds.put("tpm", new Kind("TPM device", List.of(
                Row.attr("Target TPM device model doesn't match source", "model"))));
        kinds.put("memory", new Kind("memory device", List.of(
                Row.attr("Target memory device model '%s' doesn't match source model '%s'", "model"))));
        kinds.put("iommu", new Kind("IOMMU device", List.of(
                Row.attr("Target domain IOMMU device model '%s' does not match source '%s'", "model"))));
        kinds.put("vsock", new Kind("vsock device", List.of(
                Row.attr("Target domain vsock device model '%s' does not match source '%s'", "model"))));
        return kinds;
    }

    private static Function<Element, String> os(String child, String attribute) {
        return domain -> domain.child("os", child).flatMap(found -> found.attr(attribute)).orElse("");
    }

    private static String cpuFeatures(Element cpu) {
        Set<String> features = new TreeSet<>();
        for (Element feature : cpu.elements("feature")) {
            boolean on = !List.of("disable", "forbid").contains(feature.attr("policy", "require"));
            features.add(feature.attr("name", "") + (on ? "=on" : "=off"));
        }
        return String.join(",", features);
    }

    /**
     * Compares two completed definitions.
     *
     * @param source of the running guest, live or not
     * @param target the one to use in its place
     * @throws VirtException with code 67 and domain 20 (31 for the CPU), naming the first difference
     */
    public static void check(Element source, Element target) {
        Element before = Draft.of(InactiveForm.of(source)).toElement();
        Element after = Draft.of(InactiveForm.of(target)).toElement();
        DOMAIN.forEach(row -> row.check(before, after, ErrorDomain.DOMAIN));
        checkFeatures(before, after);
        checkTimers(before, after);
        Element none = Element.of("cpu");
        CPU.forEach(row ->
                row.check(before.child("cpu").orElse(none), after.child("cpu").orElse(none), ErrorDomain.CPU));
        KINDS.forEach((name, kind) -> checkKind(name, kind, devices(before, name), devices(after, name)));
    }

    private static List<Element> devices(Element domain, String kind) {
        List<Element> found =
                new ArrayList<>(domain.child("devices").map(devices -> devices.elements(kind)).orElse(List.of()));
        // What a daemon may or may not know of; it is there in any case.
        if (kind.equals("watchdog")) {
            found.removeIf(watchdog -> watchdog.attrIs("model", "itco"));
        }
        if (kind.equals("controller")) {
            found.sort(Comparator.comparing((Element controller) -> controller.attr("type", ""))
                    .thenComparing(controller -> controller.attr("index", ""))
                    .thenComparing(controller -> controller.attr("model", "")));
        }
        return found;
    }

    private static void checkKind(String name, Kind kind, List<Element> before, List<Element> after) {
        if (before.size() != after.size()) {
            throw mismatch("Target domain %s count %d does not match source %d"
                    .formatted(kind.count(), after.size(), before.size()));
        }
        for (int i = 0; i < before.size(); i++) {
            Element source = before.get(i);
            Element target = after.get(i);
            kind.rows().forEach(row -> row.check(source, target, ErrorDomain.DOMAIN));
            VIRTIO.forEach(row -> row.check(source, target, ErrorDomain.DOMAIN));
            if (!name.equals("console")) {
                checkAddress(source, target);
            }
        }
    }

    private static void checkAddress(Element source, Element target) {
        ADDRESS_TYPE.check(source, target, ErrorDomain.DOMAIN);
        Device before = new Device(source);
        Device after = new Device(target);
        String type = before.addressType();
        switch (type) {
            case "pci" -> {
                String from = PciAddress.of(before).map(PciAddress::toString).orElse("");
                String to = PciAddress.of(after).map(PciAddress::toString).orElse("");
                if (!from.equals(to)) {
                    throw mismatch("Target device PCI address %s does not match source %s".formatted(to, from));
                }
            }
            case "drive" -> compare("drive", before, after, "controller", "bus", "unit");
            case "virtio-serial" -> compare("virtio serial", before, after, "controller", "bus", "port");
            case "usb" -> compare("USB", before, after, "bus", "port");
            case "isa" -> compare("isa", before, after, "iobase", "irq");
            default -> {}
        }
    }

    private static void compare(String words, Device before, Device after, String... attributes) {
        String from = join(before, attributes);
        String to = join(after, attributes);
        if (!from.equals(to)) {
            throw mismatch("Target device %s address %s does not match source %s".formatted(words, to, from));
        }
    }

    private static String join(Device device, String... attributes) {
        List<String> values = new ArrayList<>();
        for (String attribute : attributes) {
            values.add(device.address().flatMap(address -> address.attr(attribute)).orElse(""));
        }
        return String.join(":", values);
    }

    private static void checkFeatures(Element before, Element after) {
        Map<String, Element> source = byName(before);
        Map<String, Element> target = byName(after);
        Set<String> names = new TreeSet<>(source.keySet());
        names.addAll(target.keySet());
        for (String name : names) {
            if (!Objects.equals(source.get(name), target.get(name))) {
                throw mismatch("State of feature '%s' differs: source: '%s', destination: '%s'"
                        .formatted(name, state(source.get(name)), state(target.get(name))));
            }
        }
    }

    private static Map<String, Element> byName(Element domain) {
        Map<String, Element> features = new LinkedHashMap<>();
        domain.child("features").map(Element::elements).orElse(List.of())
                .forEach(feature -> features.put(feature.name(), feature));
        return features;
    }

    private static String state(Element feature) {
        return feature == null ? "absent" : feature.attr("state", "on");
    }

    private static void checkTimers(Element before, Element after) {
        List<Element> source = timers(before);
        List<Element> target = timers(after);
        if (source.size() != target.size()) {
            throw mismatch("Target domain timers do not match source");
        }
        for (int i = 0; i < source.size(); i++) {
            Row.attr("Target timer %s does not match source %s", "name")
                    .check(source.get(i), target.get(i), ErrorDomain.DOMAIN);
            Row.attr("Target timer presence '%s' does not match source '%s'", "present")
                    .check(source.get(i), target.get(i), ErrorDomain.DOMAIN);
        }
    }

    private static List<Element> timers(Element domain) {
        return domain.child("clock").map(clock -> clock.elements("timer")).orElse(List.of());
    }

    private static VirtException mismatch(String detail) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN, detail);
    }
}

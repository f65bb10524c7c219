package dev.godwit.driver.qemu.command;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.CpuFeatures;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Map;

/** The CPU model with its features, and what KVM and Hyper-V guests are told by way of it. */
final class CpuArguments implements Part {

    /** Enlightenments that are a plain switch; the name in the definition and the one QEMU has. */
    private static final Map<String, String> HYPERV = Map.ofEntries(
            Map.entry("relaxed", "hv-relaxed"),
            Map.entry("vapic", "hv-vapic"),
            Map.entry("vpindex", "hv-vpindex"),
            Map.entry("runtime", "hv-runtime"),
            Map.entry("synic", "hv-synic"),
            Map.entry("reset", "hv-reset"),
            Map.entry("frequencies", "hv-frequencies"),
            Map.entry("reenlightenment", "hv-reenlightenment"),
            Map.entry("tlbflush", "hv-tlbflush"),
            Map.entry("ipi", "hv-ipi"),
            Map.entry("avic", "hv-avic"));

    static Shape hypervShape() {
        Shape shape = Shape.of("hyperv").with("mode", "custom");
        HYPERV.keySet().forEach(name -> shape.child(Shape.of(name).with("state", "on", "off")));
        return shape.child(Shape.of("spinlocks").with("state", "on", "off").with("retries"));
    }

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("cpu")
                .with("mode", "custom", "host-model", "host-passthrough", "maximum")
                .with("match", "exact", "minimum", "strict")
                .with("check", "none", "partial", "full")
                .with("migratable", "on", "off")
                .child(Shape.of("model").with("fallback", "allow", "forbid"))
                .child(Shape.of("vendor"))
                .child(Shape.of("topology").with("sockets").with("dies").with("clusters").with("cores").with("threads"))
                .child(Shape.of("cache").with("mode", "passthrough"))
                .child(Shape.of("feature").with("policy").with("name")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        Element cpu = guest.options().cpu().or(() -> guest.domain().child("cpu")).orElse(Element.of("cpu"));
        StringBuilder line = new StringBuilder(model(cpu, guest));
        for (Element feature : cpu.elements("feature")) {
            String name = feature.attr("name", "");
            String state =
                    switch (feature.attr("policy", "require")) {
                        case "disable", "forbid" -> "off";
                        default -> "on";
                    };
            line.append(',').append(CpuFeatures.toQemu(name)).append('=').append(state);
        }
        appendClockSource(guest, line);
        appendFeatures(guest, line);
        if (cpu.child("cache").filter(cache -> cache.attrIs("mode", "passthrough")).isPresent()) {
            line.append(",host-cache-info=on,l3-cache=off");
        }
        out.add("-cpu", line.toString());
    }

    private static String model(Element cpu, Guest guest) {
        return switch (cpu.attr("mode", "custom")) {
            case "maximum" -> cpu.attr("migratable").map(value -> "max,migratable=" + value).orElse("max");
            case "host-passthrough" -> {
                requireKvm(guest, "host-passthrough");
                yield cpu.attr("migratable").map(value -> "host,migratable=" + value).orElse("host");
            }
            // The host model has been spelt out before, or nobody could.
            case "host-model" -> throw guest.unsupported("<cpu mode='host-model'>");
            default -> cpu.childText("model")
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .map(name -> checked(name, guest))
                    .orElseThrow(() -> guest.unsupported("<cpu> without a <model>"));
        };
    }

    private static String checked(String model, Guest guest) {
        boolean known = guest.capabilities().cpus(guest.isKvm() ? "kvm" : "qemu").stream()
                .anyMatch(candidate -> candidate.name().equals(model));
        if (!known) {
            throw new VirtException(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    ErrorDomain.QEMU,
                    "unknown CPU model '%s' of guest %s".formatted(model, guest.name()));
        }
        return model;
    }

    private static void requireKvm(Guest guest, String mode) {
        if (!guest.isKvm()) {
            throw new VirtException(
                    ErrorCode.CONFIG_UNSUPPORTED,
                    ErrorDomain.QEMU,
                    "CPU mode '%s' for x86_64 qemu domain on x86_64 host is not supported by hypervisor"
                            .formatted(mode));
        }
    }

    private static void appendClockSource(Guest guest, StringBuilder line) {
        guest.timer("kvmclock").flatMap(timer -> timer.attr("present")).ifPresent(present ->
                line.append(",kvmclock=").append(present.equals("yes") ? "on" : "off"));
        guest.timer("hypervclock").flatMap(timer -> timer.attr("present")).ifPresent(present ->
                line.append(present.equals("yes") ? ",hv-time=on" : ""));
    }

    private static void appendFeatures(Guest guest, StringBuilder line) {
        guest.domain().child("features", "apic").flatMap(apic -> apic.attr("eoi")).ifPresent(eoi ->
                line.append(",kvm-pv-eoi=").append(eoi));
        guest.domain().child("features", "hyperv").ifPresent(hyperv -> appendHyperv(hyperv, line));
        guest.domain().child("features", "kvm", "hidden").filter(hidden -> hidden.attrIs("state", "on")).ifPresent(
                _ -> line.append(",kvm=off"));
        guest.feature("pmu").ifPresent(state -> line.append(",pmu=").append(state));
    }

    private static void appendHyperv(Element hyperv, StringBuilder line) {
        for (Element enlightenment : hyperv.elements()) {
            if (!enlightenment.attrIs("state", "on")) {
                continue;
            }
            if (enlightenment.name().equals("spinlocks")) {
                int retries = Guest.number(enlightenment.attr("retries", "4095"));
                line.append(",hv-spinlocks=0x").append(Integer.toHexString(retries));
            } else {
                line.append(',').append(HYPERV.get(enlightenment.name())).append("=on");
            }
        }
    }
}

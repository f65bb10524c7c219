package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.MachineType;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** The CPU the guest sees. */
final class CpuCompletion implements CompletionStep {

    private static final Set<String> MODES = Set.of("custom", "host-model", "host-passthrough", "maximum");
    private static final Set<String> POLICIES = Set.of("force", "require", "optional", "disable", "forbid");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        Optional<Element> given = draft.domain().child("cpu");
        given.ifPresent(cpu -> check(cpu, draft));
        Optional<String> defaultModel =
                capabilities.machine(draft.machine()).flatMap(MachineType::defaultCpu);
        String mode = given.flatMap(cpu -> cpu.attr("mode")).orElse("custom");
        boolean named = given.flatMap(cpu -> cpu.childText("model")).filter(text -> !text.isBlank()).isPresent();
        if (mode.equals("custom") && !named) {
            defaultModel.ifPresent(model -> draft.change(domain ->
                    domain.withReplaced(withModel(given.orElse(Element.of("cpu")), model))));
        } else {
            draft.change(domain -> domain.mapElements("cpu", cpu -> withDefaults(cpu, mode, draft)));
        }
        draft.change(domain -> domain.mapElements("cpu", CpuCompletion::withTopologyDefaults));
    }

    /** The model QEMU takes by itself; it is never compared with the host, QEMU drops what it cannot give. */
    private static Element withModel(Element cpu, String model) {
        return cpu.withAttr("mode", "custom")
                .withAttr("match", "exact")
                .withAttr("check", "none")
                .without("model")
                .withFirst(Element.text("model", model).withAttr("fallback", "forbid"));
    }

    private static Element withDefaults(Element cpu, String mode, Draft draft) {
        Element complete = cpu.withAttr("mode", mode);
        boolean emulated = draft.type().equals("qemu");
        switch (mode) {
            case "custom" -> complete = complete.withDefaultAttr("match", "exact")
                    .withDefaultAttr("check", emulated ? "none" : "partial")
                    .mapElements("model", model -> model.withDefaultAttr("fallback", "allow"));
            case "host-model" -> complete = complete.withDefaultAttr("check", "partial");
            case "host-passthrough" -> complete =
                    complete.withDefaultAttr("check", "none").withDefaultAttr("migratable", "on");
            default -> complete = complete.withDefaultAttr("check", "none");
        }
        return complete.mapElements("feature", feature -> feature.withDefaultAttr("policy", "require"));
    }

    private static Element withTopologyDefaults(Element cpu) {
        return cpu.mapElements(
                "topology",
                topology -> topology.withDefaultAttr("dies", "1").withDefaultAttr("clusters", "1"));
    }

    private static void check(Element cpu, Draft draft) {
        cpu.attr("mode").filter(mode -> !MODES.contains(mode)).ifPresent(mode -> {
            throw cpuUnsupported("Invalid mode attribute '%s'".formatted(mode));
        });
        Set<String> seen = new HashSet<>();
        for (Element feature : cpu.elements("feature")) {
            if (!POLICIES.contains(feature.attr("policy", "require"))) {
                throw cpuUnsupported("Invalid CPU feature policy");
            }
            String name = feature.attr("name", "");
            if (name.isEmpty()) {
                throw new VirtException(ErrorCode.XML_ERROR, ErrorDomain.CPU, "Invalid CPU feature name");
            }
            if (!seen.add(name)) {
                throw new VirtException(
                        ErrorCode.XML_ERROR,
                        ErrorDomain.CPU,
                        "CPU feature '%s' specified more than once".formatted(name));
            }
        }
        cpu.child("topology").ifPresent(topology -> checkTopology(topology, draft));
    }

    private static void checkTopology(Element topology, Draft draft) {
        long product = 1;
        for (String level : new String[] {"sockets", "dies", "clusters", "cores", "threads"}) {
            String text = topology.attr(level, level.equals("dies") || level.equals("clusters") ? "1" : "");
            if (text.isEmpty()) {
                throw new VirtException(
                        ErrorCode.XML_ERROR, ErrorDomain.CPU, "Missing '%s' attribute in CPU topology".formatted(level));
            }
            int value = Numbers.parse(text, level, "topology");
            if (value == 0) {
                throw new VirtException(
                        ErrorCode.XML_ERROR, ErrorDomain.CPU, "Invalid CPU topology: %s='0'".formatted(level));
            }
            product = Math.min(product * value, Integer.MAX_VALUE);
        }
        int vcpus = Integer.parseInt(draft.domain().childText("vcpu").orElse("1"));
        if (product != vcpus) {
            throw Refusal.qemuUnsupported("CPU topology doesn't match maximum vcpu count");
        }
    }

    private static VirtException cpuUnsupported(String detail) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.CPU, detail);
    }
}

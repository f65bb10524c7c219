package dev.godwit.driver.qemu.capabilities;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryCpuModelExpansion;
import dev.godwit.xml.Element;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Spells out {@code <cpu mode='host-model'>}: the named model that comes nearest to this host, and the features that
 * the host has beyond it. Unlike the host's own CPU, the result means the same on every host.
 */
public final class HostModel {

    /** Models that stand for this host or for nothing in particular. */
    private static final Set<String> NOT_NAMED = Set.of("max", "host", "base");

    private record Candidate(String name, Set<String> features) {}

    private HostModel() {}

    /**
     * Asks QEMU and picks.
     *
     * @param exchange a conversation with a QEMU that was started for questions, with the accelerator of the guest
     * @param capabilities of that QEMU
     * @param domainType {@code kvm} or {@code qemu}
     * @return the CPU in the form of a definition; nothing if no named model can be used here
     */
    public static Optional<Element> resolve(QmpExchange exchange, QemuCapabilities capabilities, String domainType) {
        Set<String> host = features(exchange, domainType.equals("kvm") ? "host" : "max");
        return capabilities.cpus(domainType).stream()
                .filter(model -> model.usable() && !NOT_NAMED.contains(model.name()))
                // Versions of a model are only known to QEMU; their plain name is the first version everywhere.
                .filter(model -> !model.name().matches(".*-v[0-9]+"))
                .map(model -> new Candidate(model.name(), features(exchange, model.name())))
                .filter(candidate -> host.containsAll(candidate.features()))
                .max((a, b) -> Integer.compare(a.features().size(), b.features().size()))
                .map(candidate -> cpu(candidate, host));
    }

    private static Set<String> features(QmpExchange exchange, String model) {
        QueryCpuModelExpansion question = new QueryCpuModelExpansion("full", model, Json.EMPTY);
        Json.Obj properties = question.reply(exchange.execute(question.name(), question.arguments())).props();
        Set<String> features = new TreeSet<>();
        CpuFeatures.migratableByQemuName().forEach((qemu, name) -> {
            if (properties.get(qemu).filter(new Json.Bool(true)::equals).isPresent()) {
                features.add(name);
            }
        });
        return features;
    }

    private static Element cpu(Candidate candidate, Set<String> host) {
        Element cpu = Element.of("cpu", Element.text("model", candidate.name()).withAttr("fallback", "forbid"))
                .withAttr("mode", "custom")
                .withAttr("match", "exact")
                .withAttr("check", "partial");
        for (String feature : host) {
            if (!candidate.features().contains(feature)) {
                cpu = cpu.with(Element.of("feature").withAttr("policy", "require").withAttr("name", feature));
            }
        }
        return cpu;
    }

    /**
     * Puts the picked CPU in the place of {@code host-model} and keeps the rest of what the definition says about the
     * CPU.
     *
     * @param domain a definition
     * @param model what {@link #resolve} found
     * @return the definition with its CPU spelt out, or as it was if it has no host model
     */
    public static Element apply(Element domain, Element model) {
        return domain.mapElements("cpu", cpu -> {
            if (!cpu.attrIs("mode", "host-model")) {
                return cpu;
            }
            Element spelt = model;
            for (Element own : cpu.elements()) {
                spelt = switch (own.name()) {
                    case "model", "vendor" -> spelt;
                    case "feature" -> withFeature(spelt, own);
                    default -> spelt.withAfter(own, "model", "topology", "cache");
                };
            }
            return spelt;
        });
    }

    private static Element withFeature(Element cpu, Element feature) {
        String name = feature.attr("name", "");
        return cpu.withoutElements(other -> other.name().equals("feature") && other.attrIs("name", name))
                .with(feature);
    }
}

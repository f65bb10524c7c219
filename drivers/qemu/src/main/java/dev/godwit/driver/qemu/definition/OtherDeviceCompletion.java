package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.Set;

/** Balloon, random number generators, watchdogs and panic devices: small things with a model each. */
final class OtherDeviceCompletion implements CompletionStep {

    private static final Set<String> BALLOONS =
            Set.of("virtio", "xen", "none", "virtio-transitional", "virtio-non-transitional");
    private static final Set<String> RNGS = Set.of("virtio", "virtio-transitional", "virtio-non-transitional");
    private static final Set<String> WATCHDOGS = Set.of("i6300esb", "ib700", "diag288", "itco");
    private static final Set<String> WATCHDOG_ACTIONS =
            Set.of("reset", "shutdown", "poweroff", "pause", "dump", "none", "inject-nmi");
    private static final Set<String> PANICS = Set.of("default", "isa", "pseries", "hyperv", "s390", "pvpanic");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        draft.devices("memballoon").forEach(balloon -> require(balloon, "model", BALLOONS));
        for (Device rng : draft.devices("rng")) {
            require(rng, "model", RNGS);
            completeRng(rng);
        }
        for (Device watchdog : draft.devices("watchdog")) {
            require(watchdog, "model", WATCHDOGS);
            watchdog.change(xml -> xml.withDefaultAttr("action", "reset"));
            require(watchdog, "action", WATCHDOG_ACTIONS);
        }
        for (Device panic : draft.devices("panic")) {
            panic.change(xml -> xml.attrIs("model", "default") ? xml.withAttr("model", "isa") : xml);
            panic.change(xml -> xml.withDefaultAttr("model", "isa"));
            require(panic, "model", PANICS);
        }
    }

    private static void require(Device device, String attribute, Set<String> allowed) {
        String value = device.attr(attribute)
                .orElseThrow(() -> Refusal.xml(
                        "Missing required attribute '%s' in element '%s'".formatted(attribute, device.kind())));
        if (!allowed.contains(value)) {
            throw Refusal.badValue(device.kind(), attribute, value);
        }
    }

    private static void completeRng(Device rng) {
        if (rng.xml().elements("backend").size() != 1) {
            throw Refusal.xml("only one RNG backend is supported");
        }
        Element backend = rng.xml().child("backend").orElseThrow();
        if (backend.attrIs("model", "random") && backend.text().isBlank()) {
            rng.change(xml -> xml.withReplaced(backend.withText("/dev/random")));
        }
    }
}

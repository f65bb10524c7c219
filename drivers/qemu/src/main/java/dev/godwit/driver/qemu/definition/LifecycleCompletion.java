package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.Set;

/** Features, clock, and what happens when the guest powers off, reboots or crashes. */
final class LifecycleCompletion implements CompletionStep {

    private static final Set<String> FEATURES = Set.of(
            "acpi", "apic", "pae", "hap", "viridian", "privnet", "hyperv", "kvm", "pvspinlock", "capabilities", "pmu",
            "vmport", "gic", "smm", "ioapic", "hpt", "vmcoreinfo", "htm", "nested-hv", "msrs", "ccf-assist", "xen",
            "cfpc", "sbbc", "ibs", "tcg", "async-teardown", "ras", "ps2", "aia");

    private static final Set<String> ACTIONS = Set.of("destroy", "restart", "rename-restart", "preserve");
    private static final Set<String> CRASH_ACTIONS =
            Set.of("destroy", "restart", "rename-restart", "preserve", "coredump-destroy", "coredump-restart");
    private static final Set<String> OFFSETS =
            Set.of("utc", "localtime", "variable", "timezone", "absolute");
    private static final Set<String> TIMERS = Set.of(
            "platform", "pit", "rtc", "hpet", "tsc", "kvmclock", "hypervclock", "armvtimer");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        checkFeatures(draft);
        completeClock(draft);
        event(draft, "on_poweroff", "destroy", ACTIONS);
        event(draft, "on_reboot", "restart", ACTIONS);
        event(draft, "on_crash", "destroy", CRASH_ACTIONS);
    }

    private static void checkFeatures(Draft draft) {
        draft.domain().child("features").map(Element::elements).stream().flatMap(java.util.List::stream)
                .filter(feature -> feature.namespace().isEmpty() && !FEATURES.contains(feature.name()))
                .findFirst()
                .ifPresent(feature -> {
                    throw Refusal.unsupported("unexpected feature '%s'".formatted(feature.name()));
                });
    }

    private static void completeClock(Draft draft) {
        Element clock = draft.domain().child("clock").orElse(Element.of("clock")).withDefaultAttr("offset", "utc");
        String offset = clock.attr("offset", "");
        if (!OFFSETS.contains(offset)) {
            throw Refusal.unsupported("unknown clock offset '%s'".formatted(offset));
        }
        for (Element timer : clock.elements("timer")) {
            String name = timer.attr("name", "");
            if (!TIMERS.contains(name)) {
                throw Refusal.badValue("timer", "name", name);
            }
        }
        draft.change(domain -> domain.withReplaced(clock));
    }

    private static void event(Draft draft, String name, String otherwise, Set<String> allowed) {
        Element event = draft.domain().child(name).orElse(Element.text(name, otherwise));
        String action = event.text().strip();
        if (!allowed.contains(action)) {
            throw Refusal.unsupported("unknown %s action: %s".formatted(name, action));
        }
        draft.change(domain -> domain.withReplaced(event));
    }
}

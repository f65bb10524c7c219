package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;

/** How much memory and how many CPUs. */
final class MemoryAndVcpuCompletion implements CompletionStep {

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        completeMemory(draft);
        completeVcpus(draft);
    }

    private static void completeMemory(Draft draft) {
        Element memory = draft.domain().child("memory").orElse(Element.of("memory"));
        long kib = MemorySizes.kib(memory).orElse(0L);
        if (kib == 0) {
            throw Refusal.xml("Memory size must be specified via <memory> or in the <numa> configuration");
        }
        long current = draft.domain()
                .child("currentMemory")
                .flatMap(MemorySizes::kib)
                .filter(value -> value > 0 && value <= kib)
                .orElse(kib);
        draft.change(domain -> domain.withReplaced(inKib(memory, kib)));
        draft.change(domain -> domain.has("currentMemory")
                ? domain.mapElements("currentMemory", element -> inKib(element, current))
                : domain.withAfter(inKib(Element.of("currentMemory"), current), "memory"));
        draft.change(domain -> domain.mapElements(
                "maxMemory", element -> inKib(element, MemorySizes.kib(element).orElse(0L))));
    }

    private static Element inKib(Element element, long kib) {
        return element.withAttr("unit", "KiB").withText(Long.toString(kib));
    }

    private static void completeVcpus(Draft draft) {
        Element vcpu = draft.domain().child("vcpu").orElse(Element.of("vcpu"));
        int maximum = count(vcpu.text().strip(), 1, "maximum vcpus count must be an integer");
        int current = count(vcpu.attr("current", "").strip(), maximum, "current vcpus count must be an integer");
        if (maximum == 0) {
            throw Refusal.xml("invalid maximum number of vCPUs '0'");
        }
        if (current > maximum) {
            throw Refusal.unsupported("maximum vCPU count must not be less than current vCPU count");
        }
        if (current == 0) {
            throw Refusal.xml("invalid current number of vCPUs '0'");
        }
        Element complete = vcpu.withText(Integer.toString(maximum));
        complete = complete.withDefaultAttr("placement", "static");
        complete = current == maximum ? complete.withoutAttr("current") : complete.withAttr("current", current);
        Element settled = complete;
        draft.change(domain -> domain.has("vcpu")
                ? domain.withReplaced(settled)
                : domain.withAfter(settled, "name", "uuid", "memory", "currentMemory"));
    }

    private static int count(String text, int otherwise, String complaint) {
        if (text.isEmpty()) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Answered below, together with negative numbers.
        }
        throw Refusal.xml(complaint);
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;

/** Whether the definition says what kind of system boots; asked before anything is completed. */
final class OsTypeCheck implements CompletionStep {

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        if (draft.domain().child("os", "type").filter(type -> !type.text().isBlank()).isEmpty()) {
            throw Refusal.xml("an os <type> must be specified");
        }
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;

/** One subject of completion: fills in what the document leaves open there and refuses what cannot be. */
interface CompletionStep {

    /**
     * Completes its part.
     *
     * @param draft the definition, changed in place
     * @param capabilities of the QEMU that will run the guest
     * @throws dev.godwit.domain.VirtException if the document is wrong, or asks for what this QEMU cannot do
     */
    void apply(Draft draft, QemuCapabilities capabilities);
}

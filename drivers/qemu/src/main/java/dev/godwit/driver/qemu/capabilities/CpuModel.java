package dev.godwit.driver.qemu.capabilities;

import java.util.List;

/**
 * A CPU model that a QEMU binary knows ({@code query-cpu-definitions}).
 *
 * @param name the model, {@code Skylake-Client}
 * @param missing the properties of the model that this host cannot give; empty when the model can be used
 * @param deprecated whether QEMU announces that it will go
 */
public record CpuModel(String name, List<String> missing, boolean deprecated) {

    /** Takes a copy of the list. */
    public CpuModel {
        missing = List.copyOf(missing);
    }

    /**
     * Whether a guest can have this model here.
     *
     * @return true if nothing is missing
     */
    public boolean usable() {
        return missing.isEmpty();
    }
}

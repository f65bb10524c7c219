package dev.godwit.driver.qemu.definition;

/** The families of machines that differ in how devices are attached. */
enum Chipset {
    /** PCI Express, one slot behind every root port. */
    Q35,
    /** Conventional PCI, one bus of 32 slots. */
    I440FX,
    /** Everything else: no PCI assignment by us. */
    OTHER;

    /** The family of a machine type, versioned or not. */
    static Chipset of(String machine) {
        if (machine.equals("q35") || machine.startsWith("pc-q35")) {
            return Q35;
        }
        if (machine.equals("pc") || machine.startsWith("pc-i440fx") || machine.startsWith("pc-0.")
                || machine.startsWith("pc-1.")) {
            return I440FX;
        }
        return OTHER;
    }
}

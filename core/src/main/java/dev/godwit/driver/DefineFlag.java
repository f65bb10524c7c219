package dev.godwit.driver;

/** How a guest is defined (libvirt's {@code virDomainDefineFlags}). */
public enum DefineFlag implements WireFlag {
    /** The XML is checked against the schema. */
    VALIDATE(1);

    private final int bit;

    DefineFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}

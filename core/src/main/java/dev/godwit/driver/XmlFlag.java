package dev.godwit.driver;

/** Which form of a guest's XML (libvirt's {@code virDomainXMLFlags}). */
public enum XmlFlag implements WireFlag {
    /** With its secrets. */
    SECURE(1),
    /** The configuration of the next start. */
    INACTIVE(2),
    /** With the CPU spelt out for this host. */
    UPDATE_CPU(4),
    /** As another host, possibly older, can take it. */
    MIGRATABLE(8);

    private final int bit;

    XmlFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}

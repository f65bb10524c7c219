package dev.godwit.driver;

/** How a guest is started (libvirt's {@code virDomainCreateFlags}). */
public enum CreateFlag implements WireFlag {
    /** Its CPUs stay stopped. */
    PAUSED(1),
    /** It ends with the connection that started it. */
    AUTODESTROY(2),
    /** A saved image is read around the page cache. */
    BYPASS_CACHE(4),
    /** A saved image is thrown away. */
    FORCE_BOOT(8),
    /** The XML is checked against the schema. */
    VALIDATE(16),
    /** The firmware's variables are made anew. */
    RESET_NVRAM(32);

    private final int bit;

    CreateFlag(int bit) {
        this.bit = bit;
    }

    @Override
    public int bit() {
        return bit;
    }
}

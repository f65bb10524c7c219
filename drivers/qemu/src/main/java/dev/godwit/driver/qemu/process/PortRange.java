package dev.godwit.driver.qemu.process;

/**
 * Ports that are given out for one purpose.
 *
 * @param name what for, in error messages
 * @param min  the first port
 * @param max  the last port, not below the first
 */
public record PortRange(String name, int min, int max) {

    /** The ports of migrations where the configuration says nothing ({@code migration_port_min}, {@code _max}). */
    public static final PortRange MIGRATION = new PortRange("migration", 49152, 49215);

    /** The ports of displays where the configuration says nothing ({@code remote_display_port_min}, {@code _max}). */
    public static final PortRange DISPLAY = new PortRange("display", 5900, 65535);

    /** Refuses what is no range of ports. */
    public PortRange {
        if (min < 1 || max > 65535 || min > max) {
            throw new IllegalArgumentException("Ports from " + min + " to " + max + " are no range of ports for "
                    + name + ": they go from 1 to 65535, the lower one first.");
        }
    }
}

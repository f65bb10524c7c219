package dev.godwit.guest;

import dev.godwit.driver.MigrationFlag;
import java.util.Set;

/**
 * What becomes of a guest's configurations when a migration has succeeded: the table "Configuration file handling" of the migration
 * page, as rules.
 *
 * <p>Two of its rows say that a configuration at the destination is gone when a guest arrives from a transient source without
 * {@code --persistent}. That contradicts the page's own text ("by default a migration will not attempt to change any
 * configuration files") and stock libvirt, which keeps it. So do we, unless the host's setting
 * {@code migration_transient_drops_config} asks for the table to the letter.
 */
public final class ConfigHandling {

    private ConfigHandling() {}

    /** What becomes of the configuration at the destination. */
    public enum AtDestination {
        /** There is none and there will be none: the guest is transient. */
        NONE,
        /** The one that is there stays as it is. */
        KEEP,
        /** What the source sends becomes the configuration. */
        WRITE,
        /** The one that is there goes. */
        DROP
    }

    /**
     * Whether the source keeps the guest's configuration.
     *
     * @param persistent whether it has one
     * @param flags      of the migration
     */
    public static boolean sourceKeeps(boolean persistent, Set<MigrationFlag> flags) {
        return persistent && !flags.contains(MigrationFlag.UNDEFINE_SOURCE);
    }

    /**
     * What the destination does with its configuration.
     *
     * @param configured           whether it has one
     * @param sourceTransient      whether the source said that the guest has none there; false when it said nothing
     * @param flags                of the migration
     * @param transientDropsConfig the host's setting
     */
    public static AtDestination atDestination(
            boolean configured, boolean sourceTransient, Set<MigrationFlag> flags, boolean transientDropsConfig) {
        if (flags.contains(MigrationFlag.PERSIST_DEST)) {
            return AtDestination.WRITE;
        }
        if (!configured) {
            return AtDestination.NONE;
        }
        return sourceTransient && transientDropsConfig ? AtDestination.DROP : AtDestination.KEEP;
    }
}

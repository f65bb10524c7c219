package dev.godwit.driver;

import java.util.Optional;

/**
 * How guests arrive at a host, from its configuration file.
 *
 * @param host                  name or address others reach this host by ({@code migration_host}); the host's
 *                              own name when absent
 * @param address               address to listen on ({@code migration_address}); all when absent
 * @param portMin               first port of the range ({@code migration_port_min}), 1 to 65535
 * @param portMax               last port of the range ({@code migration_port_max}), not below {@code portMin}
 * @param transientDropsConfig  whether a guest that arrives from a transient source without
 *                              {@code --persistent} removes a configuration of the same name here
 *                              ({@code migration_transient_drops_config})
 */
public record MigrationSettings(
        Optional<String> host, Optional<String> address, int portMin, int portMax, boolean transientDropsConfig) {

    /** libvirt's defaults: every address, ports 49152 to 49215, configurations kept. */
    public static final MigrationSettings DEFAULT =
            new MigrationSettings(Optional.empty(), Optional.empty(), 49152, 49215, false);

    public MigrationSettings {
        if (portMin < 1 || portMax > 65535 || portMax < portMin) {
            throw new IllegalArgumentException("The migration port range " + portMin + " to " + portMax
                    + " is not within 1 to 65535");
        }
    }
}

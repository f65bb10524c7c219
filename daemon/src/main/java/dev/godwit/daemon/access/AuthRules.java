package dev.godwit.daemon.access;

import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;

/**
 * Which clients must log in, by the way they came.
 *
 * @param unixReadWrite {@code auth_unix_rw}
 * @param unixReadOnly  {@code auth_unix_ro}
 * @param tcp           {@code auth_tcp}
 * @param tls           {@code auth_tls}
 */
public record AuthRules(AuthMethod unixReadWrite, AuthMethod unixReadOnly, AuthMethod tcp, AuthMethod tls) {

    /** Nobody must. */
    public static final AuthRules NONE =
            new AuthRules(AuthMethod.NONE, AuthMethod.NONE, AuthMethod.NONE, AuthMethod.NONE);

    /** As the configuration says. */
    public static AuthRules of(DaemonConfig config) {
        return new AuthRules(AuthMethod.of(config.get(ConfigKeys.AUTH_UNIX_RW)),
                AuthMethod.of(config.get(ConfigKeys.AUTH_UNIX_RO)), AuthMethod.of(config.get(ConfigKeys.AUTH_TCP)),
                AuthMethod.of(config.get(ConfigKeys.AUTH_TLS)));
    }

    /**
     * How a client has to log in.
     *
     * @param client   the client
     * @param readOnly whether it came by the socket that is for reading only
     */
    public AuthMethod forClient(Identity client, boolean readOnly) {
        return switch (client.transport()) {
            case UNIX -> readOnly ? unixReadOnly : unixReadWrite;
            case TCP -> tcp;
            case TLS -> tls;
        };
    }
}

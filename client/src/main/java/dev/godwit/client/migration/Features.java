package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.Feature;

/** What a host must be able to do before a migration is begun with it. */
final class Features {

    private Features() {}

    /** Feature 13, which every libvirt since 1.1.0 has. */
    static void requireParameters(Connection connection) {
        if (!connection.supports(Feature.MIGRATION_PARAMS)) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.NONE,
                    "Migration APIs with extensible parameters are not supported by " + connection.peer())
                    .at(connection.peer());
        }
    }
}

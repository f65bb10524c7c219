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
            throw noParameters(connection);
        }
    }

    /** What a client asks the source that is to drive: features 4 and 13. */
    static void requireDriving(Connection source) {
        if (!source.supports(Feature.MIGRATION_P2P)) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.NONE,
                    "p2p migration is not supported by the source host").at(source.peer());
        }
        requireParameters(source);
    }

    /** What a client asks the source that is to hand a guest to its hypervisor: features 5 and 6. */
    static void requireUnmanaged(Connection source) {
        if (!source.supports(Feature.MIGRATION_DIRECT)) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.NONE,
                    "direct migration is not supported by the source host").at(source.peer());
        }
        if (!source.supports(Feature.MIGRATION_V3)) {
            throw noParameters(source);
        }
    }

    /** What a source that drives asks the destination, in the order in which stock sources do: 4, 6, 13, 12. */
    static void requirePeer(Connection destination, boolean offline) {
        boolean peer = destination.supports(Feature.MIGRATION_P2P);
        boolean version3 = destination.supports(Feature.MIGRATION_V3);
        boolean parameters = destination.supports(Feature.MIGRATION_PARAMS);
        boolean takesOffline = !offline || destination.supports(Feature.MIGRATION_OFFLINE);
        if (!peer) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "Destination libvirt does not support peer-to-peer migration protocol").at(destination.peer());
        }
        if (!version3 || !parameters) {
            throw noParameters(destination);
        }
        if (!takesOffline) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.QEMU,
                    "offline migration is not supported by the destination host").at(destination.peer());
        }
    }

    private static VirtException noParameters(Connection connection) {
        return new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.NONE,
                "Migration APIs with extensible parameters are not supported by " + connection.peer())
                .at(connection.peer());
    }
}

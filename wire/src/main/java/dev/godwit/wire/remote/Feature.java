package dev.godwit.wire.remote;

import java.util.Arrays;
import java.util.Optional;

/** What a client asks about with {@link ConnectProcedures#SUPPORTS_FEATURE}. */
public enum Feature {
    /** Migration without cookies. */
    MIGRATION_V1(1),
    /** The connection is remote; a client answers that itself. */
    REMOTE(2),
    /** Migration without Begin and Confirm. */
    MIGRATION_V2(3),
    /** The source daemon can drive a migration. */
    MIGRATION_P2P(4),
    /** The hypervisor can drive a migration. */
    MIGRATION_DIRECT(5),
    /** {@link OlderMigrationProcedures}. */
    MIGRATION_V3(6),
    /** {@link MigrationFlags#CHANGE_PROTECTION}. */
    CHANGE_PROTECTION(7),
    /** Messages with file descriptors. */
    FD_PASSING(8),
    /** Parameters may be texts. */
    TYPED_PARAM_STRING(9),
    /** The client answers keepalive; whoever asks for this gets pinged. The only one answered before Open. */
    PROGRAM_KEEPALIVE(10),
    /** {@link DomainXmlFlags#MIGRATABLE}. */
    XML_MIGRATABLE(11),
    /** {@link MigrationFlags#OFFLINE}. */
    MIGRATION_OFFLINE(12),
    /** {@link MigrationProcedures}. */
    MIGRATION_PARAMS(13),
    /** {@link DomainEvents}. */
    REMOTE_EVENT_CALLBACK(14),
    /** {@link ConnectProcedures#REGISTER_CLOSE_CALLBACK}. */
    REMOTE_CLOSE_CALLBACK(15),
    /** The arguments of a network update are in the right order. */
    NETWORK_UPDATE_HAS_CORRECT_ORDER(16),
    /**
     * Godwit's own: what the client sends through a stream that is for sending alone stays within {@link StreamCredit}s.
     * Whoever asks for this gets them, for each such stream that it opens on this connection from then on. Other daemons
     * answer 0, as they do to any number that they do not know.
     */
    STREAM_CREDIT(0x4757_0001);

    private final int number;

    Feature(int number) {
        this.number = number;
    }

    /**
     * Its number.
     *
     * @return 1 or more
     */
    public int number() {
        return number;
    }

    /**
     * The feature with a number.
     *
     * @param number a number from a peer
     * @return the feature; empty where we know none, which is to be answered 0
     */
    public static Optional<Feature> of(int number) {
        return Arrays.stream(values()).filter(f -> f.number == number).findFirst();
    }
}

package dev.godwit.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.util.EnumSet;
import java.util.Set;

/** A migration stopped at a phase. Never leaves this package: callers get a {@link MigrationOutcome}. */
final class PhaseFailed extends RuntimeException {

    private final Phase phase;
    private final boolean entered;
    private final boolean refused;

    private PhaseFailed(Phase phase, boolean entered, boolean refused, Exception cause) {
        super(phase + " failed: " + cause.getMessage(), cause, false, false);
        this.phase = phase;
        this.entered = entered;
        this.refused = refused;
    }

    /**
     * The host was asked and did not do it.
     *
     * @param phase what it was asked for
     * @param cause its answer, or why there is none
     */
    static PhaseFailed during(Phase phase, RuntimeException cause) {
        boolean answered = cause instanceof VirtException && !(cause instanceof LostConnectionException);
        return new PhaseFailed(phase, true, answered, cause);
    }

    /**
     * The phase was not entered: the migration was given up before, or an earlier answer cannot be used.
     *
     * @param phase the phase that did not come
     * @param why   the reason
     */
    static PhaseFailed before(Phase phase, VirtException why) {
        return new PhaseFailed(phase, false, true, why);
    }

    Phase phase() {
        return phase;
    }

    /** Whether the host said no; false when it said nothing. */
    boolean refused() {
        return refused;
    }

    /** Where the failure came from: the phase's host, also when it was only about to be asked. */
    Host host() {
        return phase.runsOn();
    }

    /**
     * Who must be told. A phase that failed has cleaned its own host; before a phase, everybody who has
     * done something so far must hear of it.
     */
    Set<Host> tell() {
        if (entered) {
            return phase.ifFailsTell();
        }
        Set<Host> hosts = EnumSet.noneOf(Host.class);
        for (Phase earlier : Phase.values()) {
            if (earlier.compareTo(phase) < 0) {
                hosts.add(earlier.runsOn());
            }
        }
        return hosts;
    }

    /** The failure in the words a user sees. */
    VirtException why() {
        return asVirtException(getCause());
    }

    /** Any failure of a side as the error of the field. */
    static VirtException asVirtException(Throwable failure) {
        return failure instanceof VirtException known
                ? known
                : new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, failure.toString(), failure);
    }
}

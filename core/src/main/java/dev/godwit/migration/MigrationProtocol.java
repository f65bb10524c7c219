package dev.godwit.migration;

import static dev.godwit.domain.Host.DESTINATION;
import static dev.godwit.domain.Host.SOURCE;
import static dev.godwit.driver.Verdict.CANCEL;
import static dev.godwit.driver.Verdict.GO;
import static dev.godwit.migration.MigrationProtocol.Phase.BEGIN;
import static dev.godwit.migration.MigrationProtocol.Phase.CONFIRM;
import static dev.godwit.migration.MigrationProtocol.Phase.FINISH;
import static dev.godwit.migration.MigrationProtocol.Phase.PERFORM;
import static dev.godwit.migration.MigrationProtocol.Phase.PREPARE;
import static dev.godwit.migration.MigrationProtocol.Remedy.ASK_DESTINATION;
import static dev.godwit.migration.MigrationProtocol.Remedy.CANCEL_AND_RESUME;
import static dev.godwit.migration.MigrationProtocol.Remedy.FORGET;
import static dev.godwit.migration.MigrationProtocol.Remedy.KEEP_IF_RUNNING;
import static dev.godwit.migration.MigrationProtocol.Remedy.KILL_RECEIVER;
import static dev.godwit.migration.MigrationProtocol.Remedy.NOTHING;
import static dev.godwit.migration.MigrationProtocol.Remedy.OBEY_VERDICT;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationOutcome.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Managed migration, protocol version 3. <b>This is where migration happens.</b>
 *
 * <pre>
 *             source                            destination
 *   BEGIN     lock the guest, describe it
 *   PREPARE                                     start a paused receiver
 *   PERFORM   send until the guest stops
 *   FINISH                                      start the guest        ← point of no return
 *   CONFIRM   destroy the paused original
 * </pre>
 *
 * <p>Four rules explain every cell of the table in {@link Phase}:
 *
 * <ol>
 *   <li>A phase that fails has cleaned up its own host. Only the other host has to be told.
 *   <li>Until FINISH answers yes the guest belongs to the source; from then on to the destination.
 *   <li>Silence is failure, except from FINISH, where silence is doubt: the source stays paused
 *       until somebody has {@linkplain Remedy#ASK_DESTINATION asked the destination}.
 *   <li>Once post-copy has started the guest's memory is on both hosts, and every remedy that would
 *       resume or destroy a side becomes {@link Remedy#HOLD}.
 * </ol>
 *
 * <p>The picture in {@code docs/protocol/migration-v3.md} is printed from this enum, and a test fails
 * while any cell has not been visited.
 */
public final class MigrationProtocol {

    private MigrationProtocol() {}

    /** One row a phase: it runs on …, if it fails tell …, abandoned during it …, abandoned after it …. */
    public enum Phase {
        // @formatter:off
        BEGIN  (SOURCE,      Set.of(),            FORGET,            FORGET),
        PREPARE(DESTINATION, Set.of(SOURCE),      KILL_RECEIVER,     KILL_RECEIVER),
        PERFORM(SOURCE,      Set.of(DESTINATION), CANCEL_AND_RESUME, ASK_DESTINATION),
        FINISH (DESTINATION, Set.of(SOURCE),      KEEP_IF_RUNNING,   NOTHING),
        CONFIRM(SOURCE,      Set.of(),            OBEY_VERDICT,      NOTHING);
        // @formatter:on

        private final Host runsOn;
        private final Set<Host> ifFailsTell;
        private final Remedy abandonedDuring;
        private final Remedy abandonedAfter;

        Phase(Host runsOn, Set<Host> ifFailsTell, Remedy abandonedDuring, Remedy abandonedAfter) {
            this.runsOn = runsOn;
            this.ifFailsTell = ifFailsTell;
            this.abandonedDuring = abandonedDuring;
            this.abandonedAfter = abandonedAfter;
        }

        /** The host that carries it out. */
        public Host runsOn() {
            return runsOn;
        }

        /** Who must hear of it when it fails: a finish or a confirm that cancels. */
        public Set<Host> ifFailsTell() {
            return ifFailsTell;
        }

        /** What its host does when it is left alone while the phase is open. */
        public Remedy abandonedDuring() {
            return abandonedDuring;
        }

        /** What its host does when it is left alone after the phase was closed, and no other came. */
        public Remedy abandonedAfter() {
            return abandonedAfter;
        }
    }

    /** What a host does alone when its driver is gone: the connection closed, or the daemon restarted. */
    public enum Remedy {
        /** The phase is closed; there is nothing to put right. */
        NOTHING,
        /** End the job. The guest never stopped. */
        FORGET,
        /** Destroy the receiver. It never ran. */
        KILL_RECEIVER,
        /** Cancel the transfer and let the guest run again. */
        CANCEL_AND_RESUME,
        /**
         * Keep the guest paused and ask the destination, in a way that closes the door: it answers
         * "it runs here" or "cancelled, and it never will". An answer of "not yet" would let a late
         * FINISH start a second copy.
         */
        ASK_DESTINATION,
        /** Keep the guest if its CPUs were started, otherwise destroy it. */
        KEEP_IF_RUNNING,
        /** The verdict was written down before it was carried out: carry it out. */
        OBEY_VERDICT,
        /** Post-copy: keep both halves and wait for a resume. */
        HOLD
    }

    /**
     * Moves one guest.
     *
     * <p>Either side may be a driver in this process or a stand-in for one at the far end of a
     * connection. Blocks, on a virtual thread of its own; interrupt it to cancel. Never throws for a
     * migration that did not succeed.
     *
     * @param source      the host the guest leaves
     * @param destination the host it goes to
     * @param request     what to move and how
     * @param control     takes progress, carries cancellation
     * @return who may run the guest now, and why
     */
    public static MigrationOutcome run(
            MigrationSource source, MigrationDestination destination,
            MigrationRequest request, PerformControl control) {
        var plan = new MigrationPlan(request);
        try {
            // @formatter:off
            var offer    = enter(BEGIN,   control, () -> plan.heard(source.begin(plan.beginning())));
            var receiver = enter(PREPARE, control, () -> plan.heard(destination.prepare(plan.destination(), offer)));
            var sent     = enter(PERFORM, control, () -> source.perform(plan.sending(), receiver, control));
            var arrived  = enter(FINISH,  control, () -> plan.heard(destination.finish(plan.finishing(), sent, GO)));
                           enter(CONFIRM, control, () -> confirm(source, plan, arrived.cookie(), GO));
            // @formatter:on
            return new MigrationOutcome.Completed(arrived.guest());
        } catch (PhaseFailed failed) {
            return settle(failed, plan, source, destination);
        }
    }

    /** Enters a phase unless the migration was cancelled, and names it when it fails. */
    private static <T> T enter(Phase phase, PerformControl control, Supplier<T> step) {
        boolean giveUp = control.cancelled() || Thread.currentThread().isInterrupted();
        if (giveUp && phase.compareTo(CONFIRM) < 0) {
            throw PhaseFailed.before(phase, new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                    "job 'migration out' canceled by client"));
        }
        try {
            return step.get();
        } catch (PhaseFailed inside) {
            throw inside;
        } catch (RuntimeException refusal) {
            throw PhaseFailed.during(phase, refusal);
        }
    }

    private static Void confirm(MigrationSource source, MigrationPlan plan, Cookie cookie, Verdict verdict) {
        source.confirm(plan.source(), cookie, verdict);
        return null;
    }

    /** Tells the hosts in the failed phase's row. What they must be told, they are told even when interrupted. */
    private static MigrationOutcome settle(
            PhaseFailed failed, MigrationPlan plan, MigrationSource source, MigrationDestination destination) {
        boolean interrupted = Thread.interrupted();
        try {
            List<Cause> causes = new ArrayList<>();
            causes.add(new Cause(failed.host(), failed.why()));
            if (failed.phase() == CONFIRM) {
                return new MigrationOutcome.LeftBehind(plan.guest(), causes);
            }
            if (failed.phase() == FINISH && runsThere(failed.why())) {
                return leaveThere(plan, source, causes); // it was handed over, and ended there at once
            }
            if (failed.phase() == FINISH && (!failed.refused() || isUndecided(failed.why()))) {
                return ask(plan, source, destination, causes);
            }
            if (failed.tell().contains(DESTINATION)) {
                cancelDestination(plan, destination).ifPresent(causes::add);
            }
            if (failed.tell().contains(SOURCE)) {
                Optional<Cause> answer = cancelSource(plan, source);
                if (failed.phase() == FINISH && answer.isPresent()) {
                    return whatTheSourceFound(plan, causes, answer.get());
                }
                answer.ifPresent(causes::add);
            }
            return failed.phase() == PERFORM && guestEnded(failed.why())
                    ? new MigrationOutcome.Died(SOURCE, causes)
                    : new MigrationOutcome.RolledBack(failed.phase(), causes);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * FINISH did not answer. The question closes the door: it is a cancel, and a destination that
     * confirms it never starts the guest any more. Any other answer leaves the guest paused here.
     */
    private static MigrationOutcome ask(
            MigrationPlan plan, MigrationSource source, MigrationDestination destination, List<Cause> causes) {
        Optional<Cause> answer = cancelDestination(plan, destination);
        if (answer.isEmpty()) {
            return cancelSource(plan, source).map(found -> whatTheSourceFound(plan, causes, found))
                    .orElseGet(() -> new MigrationOutcome.RolledBack(FINISH, causes));
        }
        if (!runsThere(answer.get().error())) {
            causes.add(answer.get());
            return new MigrationOutcome.InDoubt(causes);
        }
        try {
            confirm(source, plan, Cookie.NONE, GO);
            return new MigrationOutcome.Completed(plan.guest());
        } catch (RuntimeException refusal) {
            causes.add(new Cause(SOURCE, PhaseFailed.asVirtException(refusal)));
            return new MigrationOutcome.LeftBehind(plan.guest(), causes);
        }
    }

    /** It was handed over, whatever became of it there: it must not run at the source any more. */
    private static MigrationOutcome leaveThere(MigrationPlan plan, MigrationSource source, List<Cause> causes) {
        try {
            confirm(source, plan, Cookie.NONE, GO);
        } catch (RuntimeException refusal) {
            causes.add(new Cause(SOURCE, PhaseFailed.asVirtException(refusal)));
        }
        return new MigrationOutcome.Died(DESTINATION, causes);
    }

    /**
     * The destination refused FINISH, and the source did not take the guest back. One of ours asks the destination before it
     * does, and what it has found out counts more than a refusal that may have had another reason.
     */
    private static MigrationOutcome whatTheSourceFound(MigrationPlan plan, List<Cause> causes, Cause answer) {
        if (answer.error().is(ErrorCode.MIGRATE_FINISH_OK)) {
            return new MigrationOutcome.Completed(plan.guest());
        }
        causes.add(answer);
        return isUndecided(answer.error())
                ? new MigrationOutcome.InDoubt(causes)
                : new MigrationOutcome.RolledBack(FINISH, causes);
    }

    /** Has the receiver thrown away. Empty when that is done; otherwise what the destination said. */
    private static Optional<Cause> cancelDestination(MigrationPlan plan, MigrationDestination destination) {
        try {
            destination.finish(plan.finishing(), Sent.NOTHING, CANCEL);
            return Optional.of(new Cause(DESTINATION, new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE,
                    "finish returned a guest although the migration was cancelled")));
        } catch (RuntimeException answer) {
            VirtException error = PhaseFailed.asVirtException(answer);
            return error.is(ErrorCode.MIGRATE_FINISH_OK)
                    ? Optional.empty()
                    : Optional.of(new Cause(DESTINATION, error));
        }
    }

    /** Has the guest resumed. Empty when that is done; otherwise what the source said. */
    private static Optional<Cause> cancelSource(MigrationPlan plan, MigrationSource source) {
        try {
            confirm(source, plan, Cookie.NONE, CANCEL);
            return Optional.empty();
        } catch (RuntimeException refusal) {
            return Optional.of(new Cause(SOURCE, PhaseFailed.asVirtException(refusal)));
        }
    }

    /** Whether a destination's answer to a cancel says that the cancel came too late. */
    private static boolean runsThere(VirtException answer) {
        return answer.is(ErrorCode.OPERATION_INVALID) && answer.domainNumber() == ErrorDomain.DOMAIN.number();
    }

    /** Whether a host says that it has not been able to decide yet: one of ours with a full disk, a stock one with a busy guest. */
    private static boolean isUndecided(VirtException answer) {
        return answer.is(ErrorCode.OPERATION_TIMEOUT);
    }

    /**
     * Whether a source could not send because the guest has ended there. There is no code for it; these
     * are the sentences with which stock sources and ours say it (remote protocol, procedure 305).
     */
    private static boolean guestEnded(VirtException error) {
        String text = String.valueOf(error.getMessage());
        return text.contains("domain is not running") || text.contains("unexpectedly closed the monitor");
    }
}

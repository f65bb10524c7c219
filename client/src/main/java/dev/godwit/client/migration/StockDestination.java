package dev.godwit.client.migration;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.wire.remote.MigrationParams;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.xml.XmlException;
import dev.godwit.xml.XmlReader;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Asks a destination that is not ours: look, cancel, and look again.
 *
 * <p>A stock daemon keeps no record of migrations, and knows no question about one. But it ends a receiver that is
 * cancelled (FINISH 306 with {@code cancelled}) or whose driver's connection closes, and one that is gone cannot come
 * back: so "cancel, then look" closes the door there, too. What it cannot tell is a guest that never arrived from one that
 * arrived, ran, and is gone: of a transient guest nothing is left. What tells them apart is used where it is there: a
 * persistent guest's reason for being shut off. Where it is not, absence counts for a while and not for ever.
 */
final class StockDestination {

    /** What a look shows. */
    private enum Seen {
        /** It runs, or it did. */
        RAN,
        /** It may be a receiver that waits. */
        MAY_BE_ARRIVING,
        /** It does not run, and nothing says that it did. */
        GONE,
        /** Neither. */
        UNCLEAR;

        static Seen of(StateReason state) {
            return switch (state) {
                case PAUSED_MIGRATION, PAUSED_STARTING_UP, PAUSED_UNKNOWN, PAUSED_API_ERROR -> MAY_BE_ARRIVING;
                // Half of its memory is at the source then, which must not be destroyed.
                case RUNNING_POSTCOPY, RUNNING_POSTCOPY_FAILED, PAUSED_POSTCOPY, PAUSED_POSTCOPY_FAILED,
                        NOSTATE_UNKNOWN -> UNCLEAR;
                // A receiver that was killed has one of the first two, whatever the guest was before; one whose QEMU died
                // the third; and a daemon that was restarted since does not know.
                case SHUTOFF_FAILED, SHUTOFF_DESTROYED, SHUTOFF_CRASHED, SHUTOFF_UNKNOWN -> GONE;
                // No receiver ends like this: it has run since it was one.
                case SHUTOFF_SHUTDOWN, SHUTOFF_MIGRATED, SHUTOFF_SAVED, SHUTOFF_DAEMON, SHUTOFF_FROM_SNAPSHOT -> RAN;
                case RUNNING_UNKNOWN, RUNNING_BOOTED, RUNNING_MIGRATED, RUNNING_RESTORED, RUNNING_FROM_SNAPSHOT,
                        RUNNING_UNPAUSED, RUNNING_MIGRATION_CANCELED, RUNNING_SAVE_CANCELED, RUNNING_WAKEUP,
                        RUNNING_CRASHED, BLOCKED_UNKNOWN, PAUSED_USER, PAUSED_SAVE, PAUSED_DUMP, PAUSED_IOERROR,
                        PAUSED_WATCHDOG, PAUSED_FROM_SNAPSHOT, PAUSED_SHUTTING_DOWN, PAUSED_SNAPSHOT, PAUSED_CRASHED,
                        SHUTDOWN_UNKNOWN, SHUTDOWN_USER, CRASHED_UNKNOWN, CRASHED_PANICKED, PMSUSPENDED_UNKNOWN -> RAN;
            };
        }
    }

    private final Connection connection;
    private final boolean recent;

    /**
     * A destination.
     *
     * @param connection to it
     * @param recent     whether the absence of a guest there proves that it never ran there
     */
    StockDestination(Connection connection, boolean recent) {
        this.connection = connection;
        this.recent = recent;
    }

    /**
     * Whose the guest is.
     *
     * @param guest by UUID
     * @param meant the host that is meant, where that is known
     * @throws VirtException if it could not be asked, or is not the one
     */
    Standing standing(DomainRef guest, Optional<UUID> meant) {
        meant.ifPresent(this::mustBe);
        Optional<Domain> found = find(guest);
        Optional<StateReason> state = found.flatMap(this::state);
        if (state.map(Seen::of).filter(Seen.MAY_BE_ARRIVING::equals).isPresent()) {
            Optional<Standing> cancelled = cancel(found.get());
            if (cancelled.isPresent()) {
                return cancelled.get();
            }
            found = find(guest);
            state = found.flatMap(this::state);
        }
        String name = guest.name();
        return state.map(now -> switch (Seen.of(now)) {
            case RAN -> says(Answer.ARRIVED, name + " has run there: it is " + words(now));
            case GONE -> absent(name + " is " + words(now) + " there, and no receiver waits for it");
            case MAY_BE_ARRIVING -> says(Answer.UNCLEAR, name + " is still " + words(now) + " there after it was cancelled");
            case UNCLEAR -> says(Answer.UNCLEAR, name + " is " + words(now) + " there");
        }).orElseGet(() -> absent("there is no " + name + " there, and no receiver waits for it"));
    }

    private Standing absent(String what) {
        return recent ? says(Answer.BARRED, what) : says(Answer.UNCLEAR, what
                + ", but it was sent long ago and may have run there and ended or left since");
    }

    private Optional<Domain> find(DomainRef guest) {
        return unlessGone(() -> connection.domains().byUuid(guest.uuid()));
    }

    private Optional<StateReason> state(Domain guest) {
        return unlessGone(guest::state);
    }

    private static <T> Optional<T> unlessGone(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Ends a receiver, if it is one.
     *
     * @return what that alone says; empty where a look has to tell
     */
    private Optional<Standing> cancel(Domain guest) {
        String name = guest.ref().name();
        try {
            connection.call(MigrationProcedures.FINISH, new MigrationProcedures.FinishArgs(
                    List.of(new TypedParam(MigrationParams.DEST_NAME, new ParamValue.Text(name))), Opaque.empty(), 0, 1));
            return Optional.empty(); // a cancel is never answered like this; the look tells
        } catch (VirtException e) {
            if (e.is(ErrorCode.MIGRATE_FINISH_OK)) {
                return Optional.of(says(Answer.BARRED, "the receiver of " + name + " was ended when it was asked"));
            }
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            if (e.is(ErrorCode.OPERATION_INVALID)) {
                // It is no receiver. One that is paused all the same has arrived: it leaves, or is being started again.
                return state(guest).filter(now -> Seen.of(now) == Seen.MAY_BE_ARRIVING)
                        .map(now -> says(Answer.ARRIVED, name + " is " + words(now) + " there and does not arrive any more"));
            }
            return Optional.of(says(Answer.UNCLEAR, "the receiver of " + name + " could not be ended: " + e.getMessage()));
        }
    }

    /** Where a URI that once led to our daemon leads to another one's, on whatever machine. */
    private void mustBe(UUID meant) {
        Optional<String> is;
        try {
            is = XmlReader.read(connection.host().capabilities()).childText("host", "uuid");
        } catch (XmlException e) {
            is = Optional.empty();
        }
        if (!is.map(text -> text.equalsIgnoreCase(meant.toString())).orElse(false)) {
            throw VirtException.raw(ErrorCode.OPERATION_INVALID, ErrorDomain.NONE, "host " + meant + " is meant, and this is "
                    + is.orElse("a host that does not say who it is")).at(connection.peer());
        }
    }

    private Standing says(Answer answer, String what) {
        return new Standing(answer, 0, "libvirtd on " + connection.peer() + " says: " + what);
    }

    private static String words(StateReason state) {
        String all = state.name().toLowerCase(Locale.ROOT);
        String first = state.state().name().toLowerCase(Locale.ROOT);
        return (first.equals("shutoff") ? "shut off" : first)
                + " (" + all.substring(first.length() + 1).replace('_', ' ') + ")";
    }
}

package dev.godwit.wire.remote;

import static dev.godwit.wire.remote.Permission.CONNECT_SEARCH_DOMAINS;
import static dev.godwit.wire.remote.Permission.DOMAIN_MIGRATE;
import static dev.godwit.wire.remote.Permission.DOMAIN_READ;
import static dev.godwit.wire.remote.Procedure.call;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.WireEnum;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What became of a migration that nobody drives any more: what daemons ask each other, and what administrators ask them.
 *
 * <p>A program of our own, {@link Program#GODWIT}, beside libvirt's: a number in libvirt's program could be given to
 * something else by its next release. A stock daemon, and one of ours before this program, answers each of these calls
 * with the error {@code RPC} 39 of the domain {@code RPC} 7, "Cannot find program …", which is how it is told from ours.
 */
public final class ResolutionProcedures {

    /**
     * Destination: say whose the guest is, and close the door. A migration that was not handed over before is barred for
     * good before this is answered. Another host than the one that is meant refuses and bars nothing.
     */
    public static final Procedure<AskArgs, StandingRet> ASK =
            call(Program.GODWIT, 1, AskArgs.class, StandingRet.class).api("godwitMigrationAsk").allow(DOMAIN_MIGRATE);

    /** What this host knows of a guest's last migrations, the newest first. Those that the caller may not read about are left out. */
    public static final Procedure<ReportsArgs, ReportsRet> REPORTS =
            call(Program.GODWIT, 2, ReportsArgs.class, ReportsRet.class).api("godwitMigrationReports")
                    .allow(DOMAIN_READ).readOnlyAllowed();

    /** Source: ask the destination of a guest in doubt now, and do what it says. */
    public static final Procedure<DomainArgs, StandingRet> ASK_AGAIN =
            call(Program.GODWIT, 3, DomainArgs.class, StandingRet.class).api("godwitMigrationAskAgain")
                    .allow(DOMAIN_MIGRATE);

    /** Source: decide about a guest in doubt; with {@code force} also against what the destination says. */
    public static final Procedure<DecideArgs, Nothing> DECIDE =
            call(Program.GODWIT, 4, DecideArgs.class, Nothing.class).api("godwitMigrationDecide").allow(DOMAIN_MIGRATE);

    /**
     * The journal's entries, the oldest first, a part at a time. {@code from} is empty for the first part and what the last
     * answer said after that; an answer whose {@code next} is empty is the last one. An answer may be without entries
     * and not the last. Entries about guests that the caller may not read about are left out.
     */
    public static final Procedure<JournalArgs, JournalRet> JOURNAL =
            call(Program.GODWIT, 5, JournalArgs.class, JournalRet.class).api("godwitMigrationJournal")
                    .allow(CONNECT_SEARCH_DOMAINS, DOMAIN_READ).readOnlyAllowed();

    /** Migrations in one answer about a guest. */
    public static final int REPORTS_LIMIT = 16;
    /** Entries in one part of a journal. */
    public static final int ENTRIES_LIMIT = 1024;
    /** One entry in bytes. With {@link #ENTRIES_LIMIT} of them an answer stays below what a message may be long. */
    public static final int ENTRY_LIMIT = 16_384;
    /** The mark between two parts of a journal, in bytes. */
    public static final int MARK_LIMIT = 64;

    /** Whose the guest is, as far as a destination can say. */
    public enum Answer implements WireEnum {
        /** It was handed over. */
        ARRIVED(1),
        /** It never runs at the destination by this migration. */
        BARRED(2),
        /** The destination cannot say. */
        UNCLEAR(3);

        private final int wire;

        Answer(int wire) {
            this.wire = wire;
        }

        @Override
        public int wire() {
            return wire;
        }
    }

    /** What becomes of the guest at its source. */
    public enum Decision implements WireEnum {
        /** It belongs to the destination: the original is destroyed. */
        DESTINATION(1),
        /** It belongs to the source: it runs here again. */
        SOURCE(2);

        private final int wire;

        Decision(int wire) {
            this.wire = wire;
        }

        @Override
        public int wire() {
            return wire;
        }
    }

    /**
     * A question.
     *
     * @param migration which
     * @param dom       the guest as it is called at the destination
     * @param host      the host that is meant, by its UUID in capabilities and cookies; absent where the asker does not know
     */
    public record AskArgs(UUID migration, NonnullDomain dom, Optional<UUID> host) {}

    /**
     * An answer.
     *
     * @param answer   whose the guest is
     * @param token    the token under which it was handed over; 0 where it was not
     * @param evidence what that rests on, for people
     */
    public record StandingRet(Answer answer, long token, String evidence) {}

    /**
     * One migration, as this host knows it.
     *
     * @param migration which
     * @param guest     the guest
     * @param name      what it is called here
     * @param source    whether this host is its source; its destination otherwise
     * @param peer      the other host, as far as known; may be empty
     * @param token     the hand-over's token
     * @param phase     the last phase that was entered here, by its name in the migration protocol
     * @param open      whether it goes on, or is in doubt
     * @param owner     {@code source}, {@code destination}, {@code unknown}, {@code nobody}
     * @param says      what that rests on, for people
     * @param state     the guest's state here now, for people; empty where it is not here
     */
    public record Report(UUID migration, UUID guest, String name, boolean source, String peer, long token, String phase,
                         boolean open, String owner, String says, String state) {}

    // @formatter:off
    public record ReportsArgs(UUID guest) {}
    public record ReportsRet(@AtMost(REPORTS_LIMIT) List<Report> reports) {}
    public record DecideArgs(NonnullDomain dom, Decision decision, boolean force) {}
    public record JournalArgs(Optional<UUID> guest, @AtMost(MARK_LIMIT) Opaque from) {}
    public record JournalRet(@AtMost(ENTRIES_LIMIT) List<@AtMost(ENTRY_LIMIT) Opaque> entries,
                             @AtMost(MARK_LIMIT) Opaque next) {}
    // @formatter:on

    private ResolutionProcedures() {}
}

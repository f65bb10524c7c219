package dev.godwit.migration;

import dev.godwit.wire.xdr.Arm;
import dev.godwit.wire.xdr.AtMost;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/**
 * One line of a host's journal: what this host promised in a migration.
 *
 * <p>An entry is written before what it says is done, or before it is answered; each says which. Its layout is a format on disk:
 * a change of it is a new format of the journal.
 *
 * <p>Texts for people ({@code name}, {@code peer}, {@code why}) are cut to their bound, because a promise must not fail for the
 * length of a message. Connection URIs are not: a cut one is a wrong one, and the entry is refused by the journal.
 */
public sealed interface MigrationEntry {

    /** The most bytes of a name, a URI, or another host's name. */
    int TEXT_LIMIT = 1024;

    /** The most bytes of a cause. */
    int CAUSE_LIMIT = 4096;

    /** The most URIs under which a host can be asked. */
    int ASK_LIMIT = 16;

    /** Which migration. Both hosts have the same. */
    UUID migration();

    /** When, in milliseconds since 1970-01-01T00:00Z by this host's clock. */
    long atMillis();

    /** How far a phase has come. The last step says what this host does when it is left alone. */
    sealed interface Step extends MigrationEntry {

        /** The phase. */
        PhaseCode phase();
    }

    /**
     * This host takes part in a migration from now on; before anything is done.
     *
     * @param migration which
     * @param source    whether this host is the source
     * @param guest     the guest
     * @param name      its name on this host
     * @param token     the fencing token that is handed over with the guest; larger than any before it for this guest
     * @param ask       connection URIs under which the other host can be asked; empty while it is not known
     * @param peer      who the other host is, as far as is known; empty where nothing is
     * @param flags     the migration's flags, as on the wire
     * @param atMillis  when
     */
    @Arm(1)
    record Opened(UUID migration, boolean source, UUID guest, @AtMost(TEXT_LIMIT) String name, long token,
            @AtMost(ASK_LIMIT) List<@AtMost(TEXT_LIMIT) String> ask, @AtMost(TEXT_LIMIT) String peer, int flags,
            long atMillis) implements MigrationEntry {
        public Opened {
            name = cut(name, TEXT_LIMIT);
            ask = List.copyOf(ask);
            peer = cut(peer, TEXT_LIMIT);
        }
    }

    /**
     * Where the other host can be asked has become known; before the phase that makes it necessary.
     *
     * @param migration which
     * @param ask       connection URIs, in place of those known so far
     * @param peer      who the other host is
     * @param atMillis  when
     */
    @Arm(2)
    record AskAt(UUID migration, @AtMost(ASK_LIMIT) List<@AtMost(TEXT_LIMIT) String> ask, @AtMost(TEXT_LIMIT) String peer,
            long atMillis) implements MigrationEntry {
        public AskAt {
            ask = List.copyOf(ask);
            peer = cut(peer, TEXT_LIMIT);
        }
    }

    /**
     * A phase is about to touch the guest. Of FINISH with GO it is written with the next entry: until the hand-over that promises
     * nothing.
     *
     * @param migration which
     * @param phase     the phase
     * @param cancel    whether it cancels: a FINISH or CONFIRM with that verdict
     * @param atMillis  when
     */
    @Arm(3)
    record Entered(UUID migration, PhaseCode phase, boolean cancel, long atMillis) implements Step {}

    /**
     * A phase succeeded; its answer has not been sent yet. Of PERFORM it is written with the next entry, see
     * {@code MigrationCustody}: the status file says it before the answer.
     *
     * @param migration which
     * @param phase     the phase
     * @param cancel    whether it cancelled
     * @param atMillis  when
     */
    @Arm(4)
    record Done(UUID migration, PhaseCode phase, boolean cancel, long atMillis) implements Step {}

    /**
     * A phase failed, and this host is as it was before.
     *
     * @param migration which
     * @param phase     the phase
     * @param why       the cause, for people
     * @param atMillis  when
     */
    @Arm(5)
    record Failed(UUID migration, PhaseCode phase, @AtMost(CAUSE_LIMIT) String why, long atMillis) implements Step {
        public Failed {
            why = cut(why, CAUSE_LIMIT);
        }
    }

    /**
     * Destination: the guest's CPUs are about to start here. From now on it is this host's.
     *
     * @param migration which
     * @param token     the fencing token it came with
     * @param atMillis  when
     */
    @Arm(6)
    record HandedOver(UUID migration, long token, long atMillis) implements MigrationEntry {}

    /**
     * Destination: it never runs here by this migration. Before the one who asked is answered; also for a migration this host has
     * never heard of, so that a late PREPARE or FINISH finds the door closed.
     *
     * @param migration which
     * @param guest     the guest, as he who asked says
     * @param why       who wanted it, for people
     * @param atMillis  when
     */
    @Arm(7)
    record Barred(UUID migration, UUID guest, @AtMost(CAUSE_LIMIT) String why, long atMillis) implements MigrationEntry {
        public Barred {
            why = cut(why, CAUSE_LIMIT);
        }
    }

    /**
     * Nothing more will happen here; after all that had to be done was done.
     *
     * @param migration which
     * @param owner     who may run the guest, as far as this host knows
     * @param why       how it came to that, for people
     * @param atMillis  when
     */
    @Arm(8)
    record Closed(UUID migration, OwnerCode owner, @AtMost(CAUSE_LIMIT) String why, long atMillis) implements MigrationEntry {
        public Closed {
            why = cut(why, CAUSE_LIMIT);
        }
    }

    /** A text that has a form in UTF-8 of at most so many bytes; what was cut ends with "…". */
    private static String cut(String text, int most) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= most) {
            return new String(bytes, StandardCharsets.UTF_8);
        }
        byte[] ellipsis = "…".getBytes(StandardCharsets.UTF_8);
        int end = most - ellipsis.length;
        while ((bytes[end] & 0xC0) == 0x80) {
            end--; // in the middle of a character
        }
        byte[] cut = Arrays.copyOf(bytes, end + ellipsis.length);
        System.arraycopy(ellipsis, 0, cut, end, ellipsis.length);
        return new String(cut, StandardCharsets.UTF_8);
    }
}

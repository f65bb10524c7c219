package dev.godwit.migration;

import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Proves from the journals of several hosts, or disproves, that no two copies of a guest ran: by what the hosts promised in which
 * order, and by the tokens of the hand-overs. No time is compared, because two hosts' clocks differ.
 *
 * <p>The rules, and what a finding says when one is broken:
 *
 * <ol>
 *   <li>A guest that was handed over had been sent to its end, and its source did not take it back ({@link MigrationAccount}).
 *   <li>A guest that was sent to its end and taken back was barred at the destination, or its receiver ended before a hand-over.
 *   <li>A host takes part under a token that is larger than all that it had seen for the guest; no token is handed over twice; and the
 *       host that sends is the one to which the guest was handed over last.
 * </ol>
 *
 * <p>What it takes from the journals: that they are whole, and were all read at one moment (each was read twice, and nothing had
 * changed in between). What it cannot see: a guest that somebody starts by hand from its definition, and what a host without a journal
 * does. It says so where that matters.
 */
public final class MigrationAudit {

    /**
     * What one host has written.
     *
     * @param host    what it is called; different from the others
     * @param entries its journal, the oldest first; may be about other guests, too
     */
    public record HostJournal(String host, List<MigrationEntry> entries) {
        public HostJournal {
            entries = List.copyOf(entries);
        }
    }

    /** What all of it comes to. */
    public enum Conclusion {
        /** Each migration has ended with one owner, and no two copies ran. */
        PROVED,
        /** The journals contradict each other: two copies may have run, or none does. */
        DISPROVED,
        /** Nothing contradicts, and something is still going on or in doubt. */
        NOT_SETTLED,
        /** Something is missing: another host's journal, or what a stock host would have to say. */
        CANNOT_SAY
    }

    /** What one finding means. */
    public enum Kind {
        /** It is as it must be. */
        CLEAR,
        /** It must not be. */
        CONTRADICTION,
        /** It is not over. */
        OPEN,
        /** It cannot be known from these journals. */
        UNKNOWN
    }

    /**
     * An entry that a finding rests on.
     *
     * @param host  whose
     * @param entry as it stands there
     */
    public record Evidence(String host, MigrationEntry entry) {}

    /**
     * One thing that was looked at.
     *
     * @param kind      what it means
     * @param migration about which one; empty where it is about several
     * @param says      in a sentence, with the hosts in it
     * @param evidence  the entries it rests on, each host's in their order
     */
    public record Finding(Kind kind, Optional<UUID> migration, String says, List<Evidence> evidence) {
        public Finding {
            evidence = List.copyOf(evidence);
        }
    }

    /**
     * What was found about a guest.
     *
     * @param guest      which
     * @param name       what it is called, by the last entry that says so; empty where none does
     * @param conclusion what all of it comes to
     * @param owner      the host it belongs to by these journals; empty where they do not say
     * @param findings   the migrations in the order of their tokens, then what is about several of them
     */
    public record Result(UUID guest, String name, Conclusion conclusion, Optional<String> owner, List<Finding> findings) {
        public Result {
            findings = List.copyOf(findings);
        }
    }

    private final List<HostJournal> journals;
    private final UUID guest;

    private MigrationAudit(List<HostJournal> journals, UUID guest) {
        this.journals = List.copyOf(journals);
        this.guest = guest;
    }

    /**
     * Looks at one guest.
     *
     * @param journals the journals of all hosts it may have been on, each host's once
     * @param guest    which
     */
    public static Result of(List<HostJournal> journals, UUID guest) {
        if (journals.stream().map(HostJournal::host).distinct().count() != journals.size()) {
            throw new IllegalArgumentException("two journals of one host: " + journals.stream().map(HostJournal::host).toList());
        }
        return new MigrationAudit(journals, guest).result();
    }

    /**
     * The guests that are mentioned.
     *
     * @param journals any number
     */
    public static Set<UUID> guests(List<HostJournal> journals) {
        Set<UUID> guests = new LinkedHashSet<>();
        journals.stream().flatMap(journal -> journal.entries().stream()).forEach(entry -> guestOf(entry).ifPresent(guests::add));
        return guests;
    }

    private static Optional<UUID> guestOf(MigrationEntry entry) {
        return switch (entry) {
            case Opened opened -> Optional.of(opened.guest());
            case Barred barred -> Optional.of(barred.guest());
            default -> Optional.empty();
        };
    }

    private Result result() {
        List<MigrationAccount> accounts = accounts();
        List<Finding> findings = new ArrayList<>();
        accounts.forEach(account -> findings.add(account.finding()));
        journals.forEach(journal -> findings.addAll(tokensAt(journal)));
        findings.addAll(chain(accounts));
        if (accounts.isEmpty()) {
            findings.add(new Finding(Kind.UNKNOWN, Optional.empty(),
                    "none of the journals of " + hosts() + " mentions the guest", List.of()));
        }
        return new Result(guest, name(), conclusion(findings), owner(accounts, findings), findings);
    }

    private String hosts() {
        return String.join(", ", journals.stream().map(HostJournal::host).toList());
    }

    private String name() {
        return journals.stream().flatMap(journal -> journal.entries().stream())
                .filter(Opened.class::isInstance).map(Opened.class::cast)
                .filter(opened -> opened.guest().equals(guest)).map(Opened::name)
                .reduce("", (_, later) -> later);
    }

    private List<MigrationAccount> accounts() {
        Map<UUID, Map<String, List<MigrationEntry>>> byMigration = new LinkedHashMap<>();
        Set<UUID> mine = new LinkedHashSet<>();
        for (HostJournal journal : journals) {
            for (MigrationEntry entry : journal.entries()) {
                guestOf(entry).filter(guest::equals).ifPresent(_ -> mine.add(entry.migration()));
                byMigration.computeIfAbsent(entry.migration(), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(journal.host(), _ -> new ArrayList<>()).add(entry);
            }
        }
        return mine.stream().map(migration -> new MigrationAccount(guest, migration, byMigration.get(migration)))
                .sorted(Comparator.comparingLong(MigrationAccount::token)).toList();
    }

    /** A host takes part under tokens that only grow: that is what makes the larger one right. */
    private List<Finding> tokensAt(HostJournal journal) {
        List<Finding> findings = new ArrayList<>();
        Optional<MigrationEntry> highest = Optional.empty();
        Set<UUID> mine = new LinkedHashSet<>();
        for (MigrationEntry entry : journal.entries()) {
            if (entry instanceof Opened opened && opened.guest().equals(guest)) {
                mine.add(entry.migration());
            }
            long token = token(entry);
            if (token == 0 || !mine.contains(entry.migration())) {
                continue;
            }
            if (highest.isPresent() && token <= token(highest.get())
                    && !highest.get().migration().equals(entry.migration())) {
                findings.add(new Finding(Kind.CONTRADICTION, Optional.of(entry.migration()), journal.host()
                        + " took part under token " + token + " although it had seen token " + token(highest.get()),
                        List.of(new Evidence(journal.host(), highest.get()), new Evidence(journal.host(), entry))));
            }
            if (highest.isEmpty() || token > token(highest.get())) {
                highest = Optional.of(entry);
            }
        }
        return findings;
    }

    private static long token(MigrationEntry entry) {
        return switch (entry) {
            case Opened opened -> opened.token();
            case HandedOver over -> over.token();
            default -> 0;
        };
    }

    /** From one hand-over to the next: no token twice, and whoever sends the guest is the one who got it. */
    private static List<Finding> chain(List<MigrationAccount> accounts) {
        List<Finding> findings = new ArrayList<>();
        Optional<MigrationAccount> last = Optional.empty();
        for (MigrationAccount account : accounts) {
            if (last.isPresent()) {
                MigrationAccount before = last.get();
                String owner = before.handedTo().orElseThrow();
                if (account.handedTo().isPresent() && account.token() == before.token()) {
                    findings.add(new Finding(Kind.UNKNOWN, Optional.empty(), "token " + account.token() + " was handed over twice,"
                            + " to " + owner + " and to " + account.handedTo().get() + ": unless somebody started the guest by hand"
                            + " in between where it had not been before, two copies ran", evidence(before, account)));
                } else if (account.source().filter(source -> !source.equals(owner)).isPresent()) {
                    findings.add(new Finding(Kind.UNKNOWN, Optional.empty(), account.source().get() + " was to send the guest under"
                            + " token " + account.token() + ", which had been handed over to " + owner + " under token "
                            + before.token() + ": unless it had ended on " + owner + " and was started on "
                            + account.source().get() + " by hand, two copies ran", evidence(before, account)));
                }
            }
            if (account.handedTo().isPresent()) {
                last = Optional.of(account);
            }
        }
        return findings;
    }

    private static List<Evidence> evidence(MigrationAccount before, MigrationAccount next) {
        return Stream.concat(before.handOver().stream(), Stream.concat(next.beginning().stream(), next.handOver().stream()))
                .toList();
    }

    private static Conclusion conclusion(List<Finding> findings) {
        Set<Kind> kinds = new LinkedHashSet<>(findings.stream().map(Finding::kind).toList());
        return kinds.contains(Kind.CONTRADICTION) ? Conclusion.DISPROVED
                : kinds.contains(Kind.UNKNOWN) ? Conclusion.CANNOT_SAY
                : kinds.contains(Kind.OPEN) ? Conclusion.NOT_SETTLED
                : Conclusion.PROVED;
    }

    /** Who got it last; while nothing says that he has not sent it on. */
    private static Optional<String> owner(List<MigrationAccount> accounts, List<Finding> findings) {
        if (findings.stream().anyMatch(finding -> finding.kind() != Kind.CLEAR)) {
            return Optional.empty();
        }
        return accounts.reversed().stream().flatMap(account -> account.endedAt().stream()).findFirst();
    }
}

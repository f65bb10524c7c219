package dev.godwit.cli.migration;

import dev.godwit.cli.command.Session;
import dev.godwit.cli.text.Fields;
import dev.godwit.cli.text.StateNames;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.Resolution;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationResolution.Report;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What {@code migrate-resolve} prints: what each host says, what was asked and decided, and at last whose the guest is. */
final class ResolveReport {

    private static final int COLUMN = 13;

    private final Session session;
    private final MovedGuest guest;
    private final String host;
    private final Optional<Connection> peer;
    private final List<Map<String, Object>> questions = new ArrayList<>();
    private Optional<String> decision = Optional.empty();
    private boolean silent;

    /**
     * A report.
     *
     * @param session takes it
     * @param guest   about which guest
     * @param host    the host that is asked
     * @param peer    the other host, where there is a connection to it
     */
    ResolveReport(Session session, MovedGuest guest, String host, Optional<Connection> peer) {
        this.session = session;
        this.guest = guest;
        this.host = host;
        this.peer = peer;
    }

    /** What both hosts know before anything is asked. */
    void begins(Optional<List<Report>> known, boolean json) {
        silent = json;
        if (json) {
            return;
        }
        side(host, known, guest.here().map(Domain::state));
        peer.ifPresent(there -> {
            session.print("\n");
            side(MovedGuest.hostOf(there), reports(there), state(there));
        });
        session.print("\n");
    }

    private void side(String name, Optional<List<Report>> known, Optional<StateReason> state) {
        Fields fields = new Fields(COLUMN, session::print);
        fields.line("Host", name);
        fields.line("Guest", guest.name() + state.map(now -> ", " + StateNames.of(now.state()) + " ("
                + StateNames.reason(now) + ")").orElse(", not there"));
        if (known.isEmpty()) {
            fields.line("Migration", "a stock daemon keeps no record of migrations");
            return;
        }
        Optional<Report> newest = newest(known.get());
        if (newest.isEmpty()) {
            fields.line("Migration", "none that this host knows of");
            return;
        }
        Report one = newest.get();
        fields.line("Migration", one.migration() + ", token " + one.token() + ", as " + (one.source() ? "source" : "destination"));
        fields.line("Other host", one.peer().isEmpty() ? "not known" : one.peer());
        fields.line("Last phase", one.phase() + (one.open() ? ", open" : ", closed"));
        fields.line("Owner", one.owner());
        fields.line("Because", one.says());
    }

    /** The one that matters: the newest that is open, otherwise the newest. */
    private static Optional<Report> newest(List<Report> reports) {
        return reports.stream().filter(Report::open).findFirst().or(() -> reports.stream().findFirst());
    }

    private Optional<List<Report>> reports(Connection there) {
        try {
            return Optional.of(there.resolution().reports(guest.uuid()));
        } catch (VirtException e) {
            if (Resolution.isUnknownTo(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Optional<StateReason> state(Connection there) {
        try {
            return Optional.of(there.domains().byUuid(guest.uuid()).state());
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The destination was asked. */
    void asked(String by, Standing standing) {
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("by", by);
        question.put("answer", standing.answer().name().toLowerCase(Locale.ROOT));
        question.put("token", standing.token());
        question.put("evidence", standing.evidence());
        questions.add(question);
        if (!silent) {
            session.print("Asked by " + by + ": " + switch (standing.answer()) {
                case ARRIVED -> "it was handed over";
                case BARRED -> "it never runs there by this migration";
                case UNCLEAR -> "no clear answer";
            } + " (" + standing.evidence() + ")\n");
        }
    }

    /** The destination was not asked. */
    void notAsked(String why) {
        if (!silent) {
            session.print("The destination was not asked: " + why + "\n");
        }
    }

    /** An administrator's decision was carried out. */
    void decided(Verdict verdict, boolean forced) {
        String word = verdict == Verdict.GO ? "destination" : "source";
        decision = Optional.of(word);
        if (!silent) {
            session.print("Decided" + (forced ? " by force" : "") + ": the guest belongs to the " + word + "\n");
        }
    }

    /** Nothing was left to be decided. */
    void decidedBefore() {
        if (!silent) {
            session.print("It is settled so already\n");
        }
    }

    /** What holds now, in a last line. */
    void ends(Optional<List<Report>> known, boolean json) {
        Optional<Report> newest = known.flatMap(ResolveReport::newest);
        if (!json) {
            session.print(line(known, newest) + "\n");
            return;
        }
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("guest", guest.name());
        fields.put("uuid", guest.uuid().toString());
        fields.put("host", host);
        fields.put("owner", newest.map(Report::owner));
        fields.put("settled", newest.map(one -> !one.open()));
        fields.put("says", line(known, newest));
        fields.put("questions", questions);
        fields.put("decided", decision);
        fields.put("reports", known.map(all -> all.stream().map(ResolveReport::json).toList()));
        fields.put("peer", peer.map(there -> {
            Map<String, Object> other = new LinkedHashMap<>();
            other.put("host", MovedGuest.hostOf(there));
            other.put("state", state(there).map(now -> StateNames.of(now.state()) + " (" + StateNames.reason(now) + ")"));
            other.put("reports", reports(there).map(all -> all.stream().map(ResolveReport::json).toList()));
            return other;
        }));
        session.printJson(fields);
    }

    private static Map<String, Object> json(Report one) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("migration", one.migration().uuid().toString());
        fields.put("side", one.source() ? "source" : "destination");
        fields.put("peer", one.peer());
        fields.put("token", one.token());
        fields.put("phase", one.phase());
        fields.put("open", one.open());
        fields.put("owner", one.owner());
        fields.put("says", one.says());
        fields.put("state", one.state());
        return fields;
    }

    /** The other host by its name, of which a report has mostly the URI. */
    private static String other(Report one) {
        if (one.peer().isEmpty()) {
            return "the other host";
        }
        try {
            return ConnectUri.parse(one.peer()).host().orElse(one.peer());
        } catch (VirtException e) {
            return one.peer();
        }
    }

    /** One line that says whose the guest is. */
    private String line(Optional<List<Report>> known, Optional<Report> newest) {
        String name = "Guest '" + guest.name() + "' ";
        if (known.isEmpty()) {
            return name + "is on a host that keeps no record of migrations: look at it on both hosts, and start it nowhere before";
        }
        if (newest.isEmpty()) {
            return name + "has not been in a migration that " + host + " knows of";
        }
        Report one = newest.get();
        String other = other(one);
        String source = one.source() ? host : other;
        String destination = one.source() ? other : host;
        return name + switch (one.owner()) {
            case "source" -> one.open()
                    ? "belongs to " + source + ", and its migration to " + destination + " is not over"
                    : "belongs to " + source + " and did not move";
            case "destination" -> "belongs to " + destination + (one.open() ? ", and " + source + " has still to end its copy" : "");
            case "nobody" -> "has ended";
            default -> "is in doubt: it is kept paused on " + source + " until " + destination + " says whether it runs there, which"
                    + " is asked again and again; start and destroy it nowhere before";
        };
    }
}

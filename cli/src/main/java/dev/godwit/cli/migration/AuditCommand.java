package dev.godwit.cli.migration;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.output;
import static dev.godwit.cli.syntax.Option.rest;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.client.Connection;
import dev.godwit.client.Resolution;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationAudit;
import dev.godwit.migration.MigrationAudit.Conclusion;
import dev.godwit.migration.MigrationAudit.Finding;
import dev.godwit.migration.MigrationAudit.HostJournal;
import dev.godwit.migration.MigrationAudit.Kind;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.xml.XmlException;
import dev.godwit.xml.XmlReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** {@code audit}: proves from several hosts' journals that no two copies of a guest ran. */
public final class AuditCommand {

    private static final int DISPROVED = 1;
    private static final int NOT_PROVED = 2;

    /** So often the journals are read until they are the same twice. */
    private static final int ROUNDS = 5;

    private AuditCommand() {}

    /** {@code audit}. */
    public static Command command() {
        return Command.offline(Syntax.of("audit", "prove that no two copies of a guest ran",
                "Reads what this host and the others have promised in migrations of a guest, and puts it side by side. Ends with"
                        + " status 0 when it is proved that no two copies ran, 1 when the journals contradict each other, 2 when"
                        + " something is missing or still goes on.",
                guest(), rest("with", "connection URIs of the other hosts the guest has been on"),
                flag("evidence", "print the journals' entries for every finding, not only for what is not clear"), output()),
                AuditCommand::run);
    }

    /** A host that is asked for its journal. */
    private static final class Host {

        private final String name;
        private final Optional<Connection> connection;
        private Optional<List<MigrationEntry>> journal = Optional.empty();
        private String missing;

        Host(String name, Optional<Connection> connection, String missing) {
            this.name = name;
            this.connection = connection;
            this.missing = missing;
        }

        /** Reads its journal; whether it is as it was. */
        boolean same(UUID guest) {
            if (connection.isEmpty()) {
                return true;
            }
            Optional<List<MigrationEntry>> before = journal;
            try {
                journal = Optional.of(connection.get().resolution().journal(Optional.of(guest)));
            } catch (VirtException e) {
                journal = Optional.empty();
                missing = Resolution.isUnknownTo(e) ? "its daemon keeps none, as a stock one" : e.getMessage();
            }
            return journal.equals(before);
        }
    }

    private static void run(Session session, Arguments arguments) {
        boolean json = session.json(arguments);
        Connection here;
        try {
            here = session.connection();
        } catch (CommandFailed e) {
            throw new CommandFailed(NOT_PROVED, e.lines().toArray(String[]::new));
        }
        MovedGuest guest;
        try {
            guest = MovedGuest.find(here, arguments.required("domain"));
        } catch (CommandFailed e) {
            throw new CommandFailed(NOT_PROVED, e.lines().toArray(String[]::new));
        }
        List<Connection> opened = new ArrayList<>();
        try {
            List<Host> hosts = hosts(session, here, arguments.rest(), opened);
            boolean still = read(hosts, guest.uuid());
            new Report(session, guest, hosts, still, arguments.has("evidence")).conclude(json);
        } finally {
            opened.forEach(Connection::close);
        }
    }

    private static List<Host> hosts(Session session, Connection here, List<String> uris, List<Connection> opened) {
        Map<String, Host> hosts = new LinkedHashMap<>();
        Map<String, String> identities = new LinkedHashMap<>();
        add(hosts, identities, here, here.uri());
        for (String uri : uris) {
            try {
                Connection other = session.openOther(uri);
                opened.add(other);
                add(hosts, identities, other, uri);
            } catch (VirtException e) {
                hosts.put(uri, new Host(uri, Optional.empty(), e.getMessage()));
            }
        }
        return List.copyOf(hosts.values());
    }

    /** Two ways may lead to one host, whose journal proves nothing about itself twice. */
    private static void add(Map<String, Host> hosts, Map<String, String> identities, Connection connection, String uri) {
        String identity = identity(connection).orElse(uri);
        String known = identities.putIfAbsent(identity, uri);
        if (known != null) {
            throw new CommandFailed(NOT_PROVED, known + " and " + uri + " lead to the same host");
        }
        String name = MovedGuest.hostOf(connection);
        hosts.put(hosts.containsKey(name) ? uri : name,
                new Host(hosts.containsKey(name) ? uri : name, Optional.of(connection), ""));
    }

    private static Optional<String> identity(Connection connection) {
        try {
            return XmlReader.read(connection.host().capabilities()).childText("host", "uuid");
        } catch (XmlException | VirtException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads all journals, and again until each is as it was: then there was a moment at which all of them said just that.
     *
     * @return false when they did not come to rest
     */
    private static boolean read(List<Host> hosts, UUID guest) {
        hosts.forEach(host -> host.same(guest));
        for (int round = 1; round < ROUNDS; round++) {
            long changed = hosts.stream().filter(host -> !host.same(guest)).count();
            if (changed == 0) {
                return true;
            }
        }
        return false;
    }

    /** What is printed. */
    private static final class Report {

        private final Session session;
        private final MovedGuest guest;
        private final List<Host> hosts;
        private final boolean evidence;
        private final List<Finding> findings = new ArrayList<>();
        private final Optional<String> owner;
        private final Conclusion conclusion;

        Report(Session session, MovedGuest guest, List<Host> hosts, boolean still, boolean evidence) {
            this.session = session;
            this.guest = guest;
            this.hosts = hosts;
            this.evidence = evidence;
            MigrationAudit.Result result = MigrationAudit.of(hosts.stream().filter(host -> host.journal.isPresent())
                    .map(host -> new HostJournal(host.name, host.journal.get())).toList(), guest.uuid());
            findings.addAll(result.findings());
            hosts.stream().filter(host -> host.journal.isEmpty()).forEach(host -> findings.add(new Finding(Kind.UNKNOWN,
                    Optional.empty(), "the journal of " + host.name + " is missing: " + host.missing, List.of())));
            if (!still) {
                findings.add(new Finding(Kind.OPEN, Optional.empty(),
                        "the journals went on changing while they were read", List.of()));
            }
            boolean missing = hosts.stream().anyMatch(host -> host.journal.isEmpty());
            this.conclusion = !still ? Conclusion.NOT_SETTLED
                    : missing && result.conclusion() != Conclusion.DISPROVED ? Conclusion.CANNOT_SAY : result.conclusion();
            this.owner = result.owner().filter(_ -> conclusion == Conclusion.PROVED);
        }

        void conclude(boolean json) {
            if (json) {
                session.printJson(fields());
            } else {
                print();
            }
            switch (conclusion) {
                case PROVED -> { }
                case DISPROVED -> throw new CommandFailed(DISPROVED, json ? new String[0] : new String[] {sentence()});
                case NOT_SETTLED, CANNOT_SAY ->
                        throw new CommandFailed(NOT_PROVED, json ? new String[0] : new String[] {sentence()});
            }
        }

        private void print() {
            session.print("Guest " + guest.name() + " (" + guest.uuid() + ") in the journals of " + String.join(", ", hosts.stream()
                    .map(host -> host.name + host.journal.map(entries -> " (" + entries.size() + " entries)")
                            .orElse(" (missing)")).toList()) + "\n\n");
            for (Finding finding : findings) {
                session.print(switch (finding.kind()) {
                    case CLEAR -> " clear          ";
                    case CONTRADICTION -> " CONTRADICTION  ";
                    case OPEN -> " not settled    ";
                    case UNKNOWN -> " not known      ";
                } + finding.says() + "\n");
                if (evidence || finding.kind() != Kind.CLEAR) {
                    finding.migration().ifPresent(migration -> session.print("                migration " + migration + "\n"));
                    for (MigrationAudit.Evidence one : finding.evidence()) {
                        session.print("                " + one.host() + " at " + JournalText.time(one.entry()) + ": "
                                + JournalText.what(one.entry()) + "\n");
                    }
                }
            }
            if (conclusion == Conclusion.PROVED) {
                session.print("\n" + sentence() + "\n");
            } else {
                session.print("\n");
            }
        }

        private String sentence() {
            return switch (conclusion) {
                case PROVED -> "Proved: no two copies of guest '" + guest.name() + "' ran"
                        + owner.map(host -> "; it belongs to " + host).orElse("");
                case DISPROVED -> "Disproved: the journals contradict each other about guest '" + guest.name() + "'";
                case NOT_SETTLED -> "Not settled yet: a migration of guest '" + guest.name() + "' goes on or is in doubt, and"
                        + " nothing contradicts so far";
                case CANNOT_SAY -> "Cannot say: nothing contradicts, and something is missing to prove that no two copies of guest '"
                        + guest.name() + "' ran";
            };
        }

        private Map<String, Object> fields() {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("guest", guest.name());
            fields.put("uuid", guest.uuid().toString());
            fields.put("conclusion", conclusion.name().toLowerCase(Locale.ROOT).replace('_', '-'));
            fields.put("owner", owner);
            fields.put("hosts", hosts.stream().map(host -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("name", host.name);
                one.put("entries", host.journal.map(List::size));
                one.put("missing", Optional.of(host.missing).filter(_ -> host.journal.isEmpty()));
                return one;
            }).toList());
            fields.put("findings", findings.stream().map(finding -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("kind", finding.kind().name().toLowerCase(Locale.ROOT));
                one.put("migration", finding.migration().map(UUID::toString));
                one.put("says", finding.says());
                one.put("evidence", finding.evidence().stream().map(Report::json).toList());
                return one;
            }).toList());
            return fields;
        }

        private static Map<String, Object> json(MigrationAudit.Evidence evidence) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("host", evidence.host());
            fields.put("time", JournalText.time(evidence.entry()));
            fields.put("entry", JournalText.what(evidence.entry()));
            return fields;
        }
    }
}

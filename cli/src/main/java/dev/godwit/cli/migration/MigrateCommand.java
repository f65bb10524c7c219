package dev.godwit.cli.migration;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.number;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.CtrlC;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Option.Completion.Files;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.Migration;
import dev.godwit.client.migration.PeerUri;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.migration.MigrationOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** {@code migrate}: moves a guest from the host this is connected to, to another one. */
public final class MigrateCommand {

    /** What virsh has and this release does not, with the values' kinds so that they are read right. */
    private static final List<Option> NOT_YET = List.of(
            flag("offline", ""), flag("copy-storage-all", ""), flag("copy-storage-inc", ""), flag("copy-storage-synchronous-writes", ""),
            flag("compressed", ""), flag("auto-converge", ""), flag("rdma-pin-all", ""), flag("postcopy", ""),
            flag("postcopy-after-precopy", ""), flag("postcopy-resume", ""), flag("zerocopy", ""),
            flag("timeout-postcopy", ""), text("migrate-disks", ""), text("migrate-disks-detect-zeroes", ""),
            number("disks-port", ""), text("disks-uri", ""), text("comp-methods", ""), number("comp-mt-level", ""),
            number("comp-mt-threads", ""), number("comp-mt-dthreads", ""), number("comp-xbzrle-cache", ""),
            number("comp-zlib-level", ""), number("comp-zstd-level", ""), number("auto-converge-initial", ""),
            number("auto-converge-increment", ""),
            number("postcopy-bandwidth", ""), flag("parallel", ""), number("parallel-connections", ""),
            number("available-switchover-bandwidth", ""));

    private MigrateCommand() {}

    /** The command. */
    public static Command command() {
        List<Option> options = new ArrayList<>(List.of(guest(),
                text("desturi", "the host it goes to, as this program, or with --p2p this host, can reach it")
                        .positional().mandatory(),
                flag("live", "while it runs"),
                flag("p2p", "let this host drive, which reaches the other one with its own credentials"),
                flag("tunnelled", "send its memory through the hosts' connection; with --p2p"),
                flag("direct", "to a hypervisor that waits at tcp://HOST:PORT or unix:PATH; no daemon there is asked"),
                flag("tls", "encrypted by the hypervisors, with the certificates both hosts have for it"),
                text("tls-destination", "the name in the other host's certificate, if not the one it is reached by"),
                flag("persistent", "give it a configuration there"),
                flag("undefinesource", "take its configuration here away"),
                flag("suspend", "leave it paused there"),
                flag("change-protection", "keep its shape as it is meanwhile; always done"),
                flag("unsafe", "even where its disks could suffer"),
                flag("verbose", "print how far it has come"),
                flag("abort-on-error", "give up when a disk fails meanwhile"),
                text("migrateuri", "where its memory goes, if not where the other host says").tolerated(),
                text("graphicsuri", "where viewers of its screen are sent").tolerated(),
                text("listen-address", "the address the other host listens on").tolerated(),
                text("dname", "its name there").tolerated(),
                number("timeout", "suspend it after so many seconds, so that it gets done").tolerated(),
                flag("timeout-suspend", "what --timeout does"),
                text("xml", "a file with its definition there").tolerated().completedBy(new Files()),
                text("persistent-xml", "a file with its configuration there").completedBy(new Files()),
                number("bandwidth", "at most so many MiB/s"), Option.output()));
        options.addAll(NOT_YET);
        return Command.of(new Syntax("migrate", "move a guest to another host",
                "Moves a guest to another host and ends with a line that says who has it. Ctrl-C cancels.",
                options, Map.of("persist", "persistent", "undefine-source", "undefinesource",
                        "tunneled", "tunnelled")), MigrateCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        arguments.exclusive("live", "offline");
        arguments.exclusive("timeout-suspend", "timeout-postcopy");
        arguments.needs("persistent-xml", "persistent");
        arguments.exclusive("direct", "p2p");
        arguments.exclusive("direct", "tunnelled");
        for (Option option : NOT_YET) {
            if (arguments.given(option.name())) {
                throw new UsageException("option --" + option.name() + " is not in this release of Godwit");
            }
        }
        session.json(arguments); // a word that is neither text nor json is refused before anything happens
        OptionalLong timeout = arguments.number("timeout", Integer.MAX_VALUE);
        CtrlC.prepare();
        Domain guest = session.domain(arguments);
        if (timeout.orElse(0) > 0 && !arguments.has("live")) {
            throw new CommandFailed("migrate: Unexpected timeout for offline migration");
        }
        if (timeout.orElse(0) == 0 && arguments.has("timeout-suspend")) {
            throw new CommandFailed("migrate: Unexpected --timeout-* option without --timeout");
        }
        if (arguments.has("direct")) {
            DirectMigration.run(session, arguments, guest);
            return;
        }
        if (!PeerUri.isInLibvirtForm(arguments.required("desturi")) && arguments.required("desturi").contains(":")) {
            throw new CommandFailed("migrate: " + arguments.required("desturi") + " is where a hypervisor waits, and not a"
                    + " host's daemon; with --direct the guest is sent there without one");
        }
        if (arguments.has("p2p")) {
            peerToPeer(session, arguments, guest, timeout);
            return;
        }
        try (Connection destination = session.openOther(arguments.required("desturi"))) {
            Migration migration = migration(session, arguments, Migration.of(guest, destination));
            migration = arguments.text("migrateuri").map(migration::over).orElse(migration);
            run(session, arguments, guest, migration, OutcomeReport.Goal.of(destination), timeout);
        }
    }

    /**
     * The source drives, so nothing is opened from here. A third URI in libvirt's form is the destination as the source
     * is to reach it; one in the hypervisor's form is where the guest's memory goes.
     */
    private static void peerToPeer(Session session, Arguments arguments, Domain guest, OptionalLong timeout) {
        Optional<String> third = arguments.text("migrateuri");
        Optional<String> other = third.filter(PeerUri::isInLibvirtForm);
        String peer = other.orElseGet(() -> arguments.required("desturi"));
        Migration migration = migration(session, arguments, Migration.toPeer(guest, peer));
        if (other.isEmpty() && third.isPresent()) {
            migration = migration.over(third.get());
        }
        run(session, arguments, guest, migration, OutcomeReport.Goal.of(PeerUri.parse(peer)), timeout);
    }

    private static void run(Session session, Arguments arguments, Domain guest, Migration migration,
            OutcomeReport.Goal goal, OptionalLong timeout) {
        boolean json = session.json(arguments);
        Watch watch = new Watch(session, guest, goal.peer(), arguments.has("verbose"), json);
        MigrationOutcome outcome;
        try (CtrlC _ = new CtrlC(watch::cancel);
                Deadline _ = new Deadline(timeout, guest::suspend)) {
            outcome = migration.run(watch);
        }
        watch.over(outcome);
        OutcomeReport report = new OutcomeReport(guest, goal, outcome,
                arguments.has("suspend") || migration.request().has(MigrationFlag.PAUSED));
        if (json) {
            session.printJson(report.json());
        }
        report.conclude(session, json);
    }

    static Migration migration(Session session, Arguments arguments, Migration plain) {
        Migration migration = plain;
        for (Map.Entry<String, MigrationFlag> flag : Map.of(
                "live", MigrationFlag.LIVE, "persistent", MigrationFlag.PERSIST_DEST,
                "tunnelled", MigrationFlag.TUNNELLED, "tls", MigrationFlag.TLS,
                "undefinesource", MigrationFlag.UNDEFINE_SOURCE, "suspend", MigrationFlag.PAUSED,
                "unsafe", MigrationFlag.UNSAFE, "abort-on-error", MigrationFlag.ABORT_ON_ERROR).entrySet()) {
            if (arguments.has(flag.getKey())) {
                migration = migration.with(flag.getValue());
            }
        }
        migration = arguments.text("graphicsuri").map(migration::graphics).orElse(migration);
        migration = arguments.text("listen-address").map(migration::listeningOn).orElse(migration);
        migration = arguments.text("dname").map(migration::named).orElse(migration);
        migration = arguments.text("tls-destination").map(migration::certifiedAs).orElse(migration);
        OptionalLong bandwidth = arguments.number("bandwidth");
        if (bandwidth.isPresent()) {
            migration = migration.bandwidth(bandwidth.getAsLong());
        }
        if (arguments.given("xml")) {
            migration = migration.withXml(session.read(arguments.required("xml")));
        }
        if (arguments.given("persistent-xml")) {
            migration = migration.withPersistentXml(session.read(arguments.required("persistent-xml")));
        }
        return migration;
    }
}

package dev.godwit.cli.migration;

import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.CtrlC;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.Migration;
import dev.godwit.client.migration.PeerUri;
import dev.godwit.migration.MigrationOutcome;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code migrate --direct}: a guest is sent to a hypervisor that waits for it, and no daemon over there is asked anything. In the end
 * it is said what is known of the other side, and what is not.
 */
final class DirectMigration {

    /** What only somebody at the destination could see to. */
    private static final List<String> NOBODY_THERE =
            List.of("persistent", "suspend", "dname", "xml", "persistent-xml", "listen-address", "graphicsuri", "timeout");

    private static final List<String> VERIFIED = List.of(
            "the receiver has said, over the connection it got the guest by, that it has loaded all of it",
            "the original has been ended, so it cannot run twice");

    private static final List<String> NOT_VERIFIED = List.of(
            "whether its CPUs run there: a receiver that was started with -S waits for somebody to say so",
            "what it is called there, and whether it has a configuration",
            "that its disks and networks there are the right ones");

    private DirectMigration() {}

    static void run(Session session, Arguments arguments, Domain guest) {
        for (String option : NOBODY_THERE) {
            if (arguments.given(option)) {
                throw new UsageException("--" + option + " cannot be used with --direct: there is nobody at the destination"
                        + " who would see to it");
            }
        }
        // Stock virsh has it that way round: the second URI, where there is one, is the hypervisor's.
        String uri = arguments.text("migrateuri").orElseGet(() -> arguments.required("desturi"));
        if (PeerUri.isInLibvirtForm(uri)) {
            throw new CommandFailed("--direct takes the URI of a hypervisor that waits for the guest, such as"
                    + " tcp://HOST:PORT or unix:PATH, and not that of a host's daemon: " + uri);
        }
        boolean json = session.json(arguments);
        Migration migration = MigrateCommand.migration(session, arguments, Migration.toReceiver(guest, uri));
        Watch watch = new Watch(session, guest, uri, arguments.has("verbose"), json);
        MigrationOutcome outcome;
        try (CtrlC _ = new CtrlC(watch::cancel)) {
            outcome = migration.run(watch);
        }
        watch.over(outcome);
        OutcomeReport report =
                new OutcomeReport(guest, new OutcomeReport.Goal(uri, uri, Optional.empty()), outcome, false);
        boolean completed = outcome instanceof MigrationOutcome.Completed;
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>(report.json());
            if (completed) {
                fields.put("verified", VERIFIED);
                fields.put("notVerified", NOT_VERIFIED);
            }
            session.printJson(fields);
        }
        if (!completed) {
            report.conclude(session, json);
        } else if (!json) {
            session.remark("Domain '" + guest.name() + "' was taken by the receiver at " + uri + "\n"
                    + "Known: " + String.join("; ", VERIFIED) + "\n"
                    + "Not known, because nobody there was asked: " + String.join("; ", NOT_VERIFIED) + "\n");
        }
    }
}

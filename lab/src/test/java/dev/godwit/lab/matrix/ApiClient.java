package dev.godwit.lab.matrix;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.Migration;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import java.util.List;

/**
 * A program over {@code dev.godwit.client}, as an application would be: it knows nothing of the command
 * line. The lab runs it in a process of its own, on the machine where people sit.
 *
 * <p>Arguments: SOURCE-URI GUEST FUNCTION DESTINATION-URI FLAG…, as for {@code lab/clients/migrate.py}.
 */
public final class ApiClient {

    private ApiClient() {}

    /**
     * Moves one guest.
     *
     * @param arguments see above
     */
    public static void main(String[] arguments) {
        List<String> flags = List.of(arguments).subList(4, arguments.length);
        try (Connection source = Connection.open(arguments[0])) {
            Domain guest = source.domains().byName(arguments[1]);
            MigrationOutcome outcome;
            if (arguments[2].startsWith("migrateToURI")) {
                outcome = with(flags, Migration.toPeer(guest, arguments[3])).run(PerformControl.NONE);
            } else {
                try (Connection destination = Connection.open(arguments[3])) {
                    outcome = with(flags, Migration.of(guest, destination)).run(PerformControl.NONE);
                }
            }
            if (!(outcome instanceof MigrationOutcome.Completed)) {
                System.err.println("error: " + outcome);
                System.exit(1);
            }
        } catch (VirtException e) {
            System.err.println("error: " + e.getMessage());
            System.exit(1);
        }
    }

    private static Migration with(List<String> flags, Migration plain) {
        Migration migration = plain;
        for (String flag : flags) {
            if (flag.startsWith("PEER-URI=")) {
                migration = migration.peerToPeer(flag.substring(flag.indexOf('=') + 1));
            } else if (flag.startsWith("DATA-URI=")) {
                migration = migration.over(flag.substring(flag.indexOf('=') + 1));
            } else {
                migration = migration.with(MigrationFlag.valueOf(flag));
            }
        }
        return migration;
    }
}

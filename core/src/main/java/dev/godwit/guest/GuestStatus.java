package dev.godwit.guest;

import dev.godwit.domain.JobOperation;
import dev.godwit.domain.StateReason;
import dev.godwit.xml.Element;
import java.time.Instant;
import java.util.List;

/**
 * What the status file of a running guest says.
 *
 * @param state      its state when the file was written
 * @param since      since when
 * @param operation  the migration it was in; {@link JobOperation#UNKNOWN} when in none
 * @param migration  how far that had come
 * @param driver     what its driver noted, see {@link Machine#status()}
 * @param definition its live definition, with the id
 */
public record GuestStatus(
        StateReason state,
        Instant since,
        JobOperation operation,
        MigrationJob.Note migration,
        List<Element> driver,
        Element definition) {

    public GuestStatus {
        driver = List.copyOf(driver);
    }

    /** The element its driver noted under a name, as a list with at most one member. */
    public List<Element> driver(String name) {
        return driver.stream().filter(element -> element.name().equals(name)).limit(1).toList();
    }
}

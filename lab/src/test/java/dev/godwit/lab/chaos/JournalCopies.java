package dev.godwit.lab.chaos;

import dev.godwit.journal.JournalContent;
import dev.godwit.lab.host.LabHost;
import dev.godwit.migration.MigrationAudit.HostJournal;
import dev.godwit.migration.MigrationEntry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** All that the hosts have ever written into their journals, also what was compacted away since. For one thread. */
final class JournalCopies {

    private final Map<LabHost, SortedMap<Long, MigrationEntry>> entries;

    JournalCopies(List<LabHost> hosts) {
        entries = hosts.stream().collect(Collectors.toMap(host -> host, _ -> new TreeMap<>()));
    }

    /** Reads the journals as they are now. */
    void read() {
        entries.forEach((host, known) -> JournalContent.read(file(host), MigrationEntry.class).kept().forEach(kept -> {
            MigrationEntry before = known.put(kept.sequence(), kept.entry());
            if (before != null && !before.equals(kept.entry())) {
                throw new AssertionError("Entry " + kept.sequence() + " of the journal of " + host + " was changed from " + before
                        + " to " + kept.entry());
            }
        }));
    }

    private static Path file(LabHost host) {
        return host.folder("state").resolve("qemu/migrations.journal");
    }

    /** All journals, as an audit takes them. */
    List<HostJournal> all() {
        return entries.entrySet().stream().map(one -> new HostJournal(one.getKey().name(), List.copyOf(one.getValue().values())))
                .toList();
    }

    /** How many entries there were. */
    int size() {
        return entries.values().stream().mapToInt(Map::size).sum();
    }
}

package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.MigrationId;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.EntryBytes;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.OwnerCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The facet {@link MigrationResolution} of a driver whose guests {@link GuestManager} keeps. */
public final class GuestResolution implements MigrationResolution {

    private static final int MOST_REPORTS = 16;

    private final GuestRegistry registry;
    private final MigrationCustody custody;
    private final Settlement settlement;
    private final IncomingMigrations incoming;

    /**
     * For the guests of a host.
     *
     * @param manager  the guests
     * @param incoming those that come
     */
    public GuestResolution(GuestManager manager, IncomingMigrations incoming) {
        this.registry = manager.registry();
        this.custody = manager.custody();
        this.settlement = manager.settlement();
        this.incoming = incoming;
    }

    @Override
    public Standing ask(MigrationId migration, DomainRef guest) {
        return incoming.ask(migration, guest.uuid());
    }

    @Override
    public List<Report> reports(UUID guest) {
        return custody.history().migrations().reversed().stream()
                .filter(migration -> migration.guest().equals(Optional.of(guest)))
                .limit(MOST_REPORTS)
                .map(migration -> report(guest, migration))
                .toList();
    }

    private Report report(UUID guest, JournaledMigration migration) {
        Optional<Guest> here = registry.find(guest);
        return new Report(new MigrationId(migration.id()), guest,
                migration.opened().map(Opened::name).or(() -> here.map(Guest::name)).orElse(""),
                migration.source(), migration.peer(), migration.token(),
                migration.step().map(step -> step.phase().name()).orElse(""),
                migration.open(), owner(migration).toLowerCase(Locale.ROOT), says(guest, migration),
                here.map(known -> StateNames.state(known.state()) + " (" + StateNames.reason(known.state()) + ")").orElse(""));
    }

    /** Whose the guest is by this journal alone. */
    private static String owner(JournaledMigration migration) {
        if (migration.closed().isPresent()) {
            return migration.closed().get().owner().name();
        }
        if (!migration.source()) {
            return (migration.arrived() ? OwnerCode.DESTINATION : OwnerCode.SOURCE).name();
        }
        return switch (migration.step().map(step -> step.phase().phase()).orElse(null)) {
            case PERFORM -> migration.after().isPresent() ? OwnerCode.UNKNOWN.name() : OwnerCode.SOURCE.name();
            case CONFIRM -> migration.verdict().filter(Verdict.GO::equals).isPresent()
                    ? OwnerCode.DESTINATION.name() : OwnerCode.SOURCE.name();
            case null, default -> OwnerCode.SOURCE.name();
        };
    }

    private String says(UUID guest, JournaledMigration migration) {
        if (migration.closed().isPresent()) {
            return migration.closed().get().why();
        }
        if (migration.source()) {
            return settlement.doubt(guest).orElse("it goes on");
        }
        if (migration.arrived()) {
            return "it was handed over to this host";
        }
        return migration.barred().map(barred -> "it never runs here by this migration: " + barred.why())
                .orElse("a receiver waits, and nothing was handed over yet");
    }

    @Override
    public Standing askAgain(DomainRef guest) {
        return settlement.askAgain(guest);
    }

    @Override
    public void decide(DomainRef guest, Verdict verdict, boolean force) {
        settlement.decide(guest, verdict, force);
    }

    @Override
    public List<byte[]> journal(Optional<UUID> guest) {
        Map<UUID, UUID> guests = new HashMap<>();
        custody.history().migrations().forEach(migration -> migration.guest().ifPresent(id -> guests.put(migration.id(), id)));
        List<byte[]> entries = new ArrayList<>();
        for (MigrationEntry entry : custody.entries()) {
            if (guest.isEmpty() || guest.get().equals(guests.get(entry.migration()))) {
                entries.add(EntryBytes.of(entry));
            }
        }
        return entries;
    }
}

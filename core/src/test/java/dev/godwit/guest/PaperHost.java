package dev.godwit.guest;

import dev.godwit.domain.DomainEvent;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.Client;
import dev.godwit.driver.DestinationQuestion;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Waiting;
import dev.godwit.driver.XmlFlag;
import dev.godwit.journal.JournalFiles;
import dev.godwit.journal.JournalStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGeneratorFactory;

/** A host with a daemon on paper: real files, machines that note what they are told, and an ear for events. */
final class PaperHost {

    static final UUID UUID_A = UUID.fromString("aaaaaaaa-0001-4001-8001-aaaaaaaaaaaa");
    static final UUID UUID_B = UUID.fromString("bbbbbbbb-0001-4001-8001-bbbbbbbbbbbb");
    static final Instant NOW = Instant.ofEpochMilli(1795409539788L);

    final PaperHypervisor hypervisor = new PaperHypervisor();
    final Path folder;
    final GuestStore store;
    final InstantSource clock = InstantSource.fixed(NOW);
    final List<String> events = new CopyOnWriteArrayList<>();
    final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    volatile UnaryOperator<JournalStorage> disk = file -> file;
    volatile DestinationQuestion question = DestinationQuestion.NOBODY;
    /** How the daemon's threads wait. */
    volatile Waiting waiting = Waiting.REAL;
    /** The transfers that an earlier daemon left to the hypervisor. */
    final List<MigrationJob> followed = new CopyOnWriteArrayList<>();
    GuestManager guests;

    PaperHost(Path folder) {
        this(folder, Duration.ofSeconds(30));
    }

    PaperHost(Path folder, Duration patience) {
        this.folder = folder;
        this.store = new GuestStore(new LocalFiles(), folder.resolve("config"), folder.resolve("run"));
        restart(patience);
    }

    /** A daemon that knows nothing but the files takes over. */
    void restart(Duration patience) {
        guests = new GuestManager(
                hypervisor, store, clock, RandomGeneratorFactory.of("L64X128MixRandom").create(1), patience, custody());
        guests.listen(event -> {
            String text = switch (event) {
                case DomainEvent.LifecycleChange(DomainRef guest, var change) -> change + " " + guest.id();
                case DomainEvent.JobCompleted(DomainRef guest, _) -> "JOB_COMPLETED " + guest.id();
                case DomainEvent other -> other.getClass().getSimpleName() + " " + other.guest().id();
            };
            events.add(text);
            heard.add(text);
        });
        guests.recover(new AbandonedMigration(guests, _ -> {}, (_, job) -> followed.add(job)));
    }

    MigrationCustody custody() {
        return new MigrationCustody(() -> disk.apply(new JournalFiles(folder.resolve("migrations.journal"), false)),
                UUID.nameUUIDFromBytes(folder.toString().getBytes(StandardCharsets.UTF_8)),
                new PeerAccess(() -> List.of("paper://" + folder.getFileName()), (uris, migration, guest) ->
                        question.ask(uris, migration, guest)),
                clock, RandomGeneratorFactory.of("L64X128MixRandom").create(2), waiting);
    }

    void restart() {
        restart(Duration.ofSeconds(30));
    }

    static String xml(String name, UUID uuid, String more) {
        return "<domain type='paper'><name>%s</name><uuid>%s</uuid><memory>1024</memory>%s</domain>"
                .formatted(name, uuid, more);
    }

    DomainRef define(String name, UUID uuid) {
        return guests.define(xml(name, uuid, ""), Set.of());
    }

    DomainRef create(String name, UUID uuid) {
        return guests.create(xml(name, uuid, ""), Set.of(), Client.NONE);
    }

    DomainRef start(DomainRef guest) {
        return guests.start(guest, Set.of(), Client.NONE);
    }

    /** The events since the last call. */
    List<String> takeEvents() {
        List<String> taken = new ArrayList<>(events);
        events.clear();
        heard.clear();
        return taken;
    }

    /** Waits for an event that another thread causes. */
    void awaitEvent(String prefix) {
        try {
            for (String text = heard.poll(10, TimeUnit.SECONDS); ; text = heard.poll(10, TimeUnit.SECONDS)) {
                if (text == null) {
                    throw new AssertionError("No " + prefix + " came, only " + events);
                }
                if (text.startsWith(prefix)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for what another thread does after the event it gave. */
    static void await(BooleanSupplier condition) {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            try {
                TimeUnit.MILLISECONDS.sleep(10);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (!condition.getAsBoolean()) {
            throw new AssertionError("It did not come true in time");
        }
    }

    StateReason state(DomainRef guest) {
        return guests.state(guest);
    }

    String inactive(DomainRef guest) {
        return guests.xml(guest, Set.of(XmlFlag.INACTIVE));
    }

    String live(DomainRef guest) {
        return guests.xml(guest, Set.of());
    }

    Optional<Guest> find(UUID uuid) {
        return guests.registry().find(uuid);
    }
}

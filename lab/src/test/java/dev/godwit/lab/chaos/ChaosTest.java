package dev.godwit.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import dev.godwit.lab.matrix.Flow;
import dev.godwit.migration.MigrationAudit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Guests are moved to and fro all the time, in all flows and by both clients, while every few seconds a random party is killed. At no
 * time two copies of a guest run; and at the end each runs exactly once, with an unbroken heartbeat, nothing is left behind, and the
 * journals prove it.
 *
 * <p>Runs when it is asked for: {@code lab/chaos --minutes N --seed S}. The seed decides what is
 * begun and who is struck; processes of an operating system decide when, so a seed repeats the choices and not the interleaving. The
 * story goes to {@code lab/target/chaos.log}, and what is to be said of it to {@code lab/target/chaos.md}.
 */
@LabTest
@EnabledIfSystemProperty(named = "godwit.lab.chaos.minutes", matches = ".+")
class ChaosTest {

    private static final int AT_ONCE = 3;
    /** Far longer than a doubt may last once all hosts are up: the longest pause between two questions, and what each may take. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    /** Guests that leave the processors to those who move them. That memory stays whole is looked at by other tests. */
    private static final String BEAT = "godwit.beat=0.5 godwit.check=0";

    private final int minutes = Integer.getInteger("godwit.lab.chaos.minutes", 1);
    private final int count = Integer.getInteger("godwit.lab.chaos.guests", 3);
    private final long seed = Long.getLong("godwit.lab.chaos.seed", System.nanoTime() & 0xFFFFFF);

    @Test
    void whoeverDiesOneGuestRuns(Lab lab) throws InterruptedException {
        List<LabHost> hosts = List.of(lab.godwitd("kvm1"), lab.godwitd("kvm2"), lab.godwitd("kvm3"));
        lab.clearAll();
        Map<LabHost, LeftOvers> before = warmUp(lab, hosts);
        Path target = lab.checkout().resolve("lab/target");
        Path taps = lab.storage().resolve("taps");
        Path emulator = QemuTap.emulator(taps, "/usr/bin/qemu-system-x86_64");
        try (Tally tally = new Tally(target.resolve("chaos.log")); Copies copies = new Copies(taps)) {
            tally.say("seed " + seed + ", " + count + " guests, " + minutes + " minutes");
            Stage stage = new Stage(lab, hosts, copies, tally);
            List<LabGuest> guests = begin(lab, hosts, emulator);
            JournalCopies journals = new JournalCopies(hosts);
            String text = "";
            try {
                run(stage, guests, journals);
            } finally {
                text = summary(stage, guests, journals);
                write(target.resolve("chaos.md"), text);
            }
            double settled = settle(stage, guests);
            guests.forEach(guest -> endsWell(stage, guest));
            audit(stage, guests, journals);
            text += "Seconds until all was settled after the last was struck: %.1f%n".formatted(settled)
                    + "Audit: proved for " + count + " of " + count + " guests from " + journals.size() + " entries\n";
            guests.forEach(guest -> {
                LabHost home = stage.host(copies.runsOn(guest.name()).orElseThrow());
                move(lab.virsh(), home, hosts.get((hosts.indexOf(home) + 1) % hosts.size()), guest.name(), Flow.DIRECT);
                guest.serial().awaitBeats(2);
                guest.serial().assertUnbroken();
            });
            lab.clearAll();
            before.forEach(LeftOvers::awaitNone);
            write(target.resolve("chaos.md"), text + "Nothing was left behind.\n");
            assertThat(tally.of("ended completed")).as("migrations that completed").isPositive();
            assertThat(tally.all("struck ")).as("who was struck").doesNotStartWith("0 ");
        }
    }

    /** Each host has sent and received once in each flow: what that left is not left behind by what comes after. */
    private static Map<LabHost, LeftOvers> warmUp(Lab lab, List<LabHost> hosts) {
        LabGuest guest = lab.guest("warm", Shape.DIRECT_KERNEL).with(4, 1);
        lab.virsh().run(hosts.getFirst(), "create", guest.prepare().toString()).expectSuccess();
        guest.serial().awaitLife();
        for (Flow flow : Flow.values()) {
            for (int i = 0; i < hosts.size(); i++) {
                move(lab.virsh(), hosts.get(i), hosts.get((i + 1) % hosts.size()), guest.name(), flow);
            }
        }
        lab.clearAll();
        Map<LabHost, LeftOvers> found = new LinkedHashMap<>();
        hosts.forEach(host -> found.put(host, LeftOvers.of(host)));
        return found;
    }

    private static void move(Client client, LabHost from, LabHost to, String guest, Flow flow) {
        List<String> words = new ArrayList<>(List.of("migrate", "--live"));
        words.addAll(flow.options());
        words.addAll(List.of(guest, to.uri()));
        client.run(from, words.toArray(String[]::new)).expectSuccess();
    }

    private List<LabGuest> begin(Lab lab, List<LabHost> hosts, Path emulator) {
        List<LabGuest> guests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            LabGuest guest = lab.guest("rover" + (i + 1), Shape.DIRECT_KERNEL).with(4, 1).withKernelWords(BEAT);
            Path file = guest.prepare();
            write(file, guest.xml().replace("<devices>", "<devices><emulator>" + emulator + "</emulator>"));
            lab.virsh().run(hosts.get(i % hosts.size()), "create", file.toString()).expectSuccess();
            guests.add(guest);
        }
        guests.forEach(guest -> guest.serial().awaitLife());
        return guests;
    }

    private void run(Stage stage, List<LabGuest> guests, JournalCopies journals) throws InterruptedException {
        SplittableRandom dice = new SplittableRandom(seed);
        Semaphore atOnce = new Semaphore(AT_ONCE, true);
        List<Thread> threads = new ArrayList<>();
        for (LabGuest guest : guests) {
            threads.add(stage.start("moves " + guest.name(), new Journeys(stage, guest.name(), dice.split(), atOnce)));
        }
        threads.add(stage.start("strikes", new Strikes(stage, dice.split())));
        long end = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
        for (int second = 0; System.nanoTime() < end && !stage.isOver(); second++) {
            watch(stage, second % 10 == 0, journals);
            stage.endsWithin(1000);
        }
        stage.tally().say("nothing new is begun any more");
        stage.end();
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                watch(stage, false, journals);
                thread.join(1000);
            }
        }
        if (stage.failure().isPresent()) {
            throw new AssertionError("Seed " + seed + ": " + stage.failure().get().getMessage(), stage.failure().get());
        }
    }

    private static void watch(Stage stage, boolean also, JournalCopies journals) {
        try {
            stage.copies().look();
            if (also) {
                journals.read();
            }
        } catch (RuntimeException | AssertionError e) {
            stage.fail(e);
        }
    }

    /** Waits until each guest runs and nothing else is there; says how many seconds that took. */
    private static double settle(Stage stage, List<LabGuest> guests) {
        long began = System.nanoTime();
        Client virsh = stage.lab().virsh();
        Await.until("each guest runs once and has no job", PATIENCE, () -> guests.stream().allMatch(guest -> {
            Optional<LabHost> home = stage.copies().runsOn(guest.name()).map(stage::host);
            return home.isPresent()
                    && stage.copies().processes(guest.name()) == 1
                    && virsh.run(home.get(), "domstate", guest.name()).out().strip().equals("running")
                    && virsh.run(home.get(), "domjobinfo", guest.name()).out().contains("None");
        }));
        double seconds = (System.nanoTime() - began) / 1e9;
        stage.tally().say("settled after %.1f s".formatted(seconds));
        return seconds;
    }

    private static void endsWell(Stage stage, LabGuest guest) {
        LabHost home = stage.host(stage.copies().runsOn(guest.name()).orElseThrow());
        for (LabHost host : stage.hosts()) {
            List<String> names = stage.lab().virsh().run(host, "list", "--all", "--name").expectSuccess().out().lines().toList();
            assertThat(names.contains(guest.name())).as(host + " knows " + guest.name() + ", which is on " + home)
                    .isEqualTo(host == home);
        }
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    private static void audit(Stage stage, List<LabGuest> guests, JournalCopies journals) {
        journals.read();
        for (LabGuest guest : guests) {
            MigrationAudit.Result result = MigrationAudit.of(journals.all(), guest.uuid());
            assertThat(result.conclusion()).as(() -> guest.name() + ": " + result.findings().stream()
                    .filter(finding -> finding.kind() != MigrationAudit.Kind.CLEAR).toList()).isEqualTo(MigrationAudit.Conclusion.PROVED);
            // One that was never handed over has no owner by the journals but the host that it was started on.
            stage.tally().say("audit of " + guest.name() + ": " + result.conclusion() + ", owner " + result.owner());
            result.owner().ifPresent(owner -> assertThat(owner).isEqualTo(stage.copies().runsOn(guest.name()).orElse("nowhere")));
        }
    }

    private String summary(Stage stage, List<LabGuest> guests, JournalCopies journals) {
        Tally tally = stage.tally();
        String still = guests.stream().map(guest -> "%s %.1f s".formatted(guest.name(), stage.copies().longestStillness(guest.name())))
                .reduce((one, other) -> one + ", " + other).orElse("");
        return """
                # %d minutes of chaos with %d guests on %d hosts, seed %d

                Migrations begun: %s
                Ended, when the client had: %s
                In doubt when the client had ended: %d; %s
                Clients that did not end by themselves: %d
                Struck: %s
                Longest time in which a guest stood still: %s
                Two copies ran: never
                """.formatted(minutes, guests.size(), stage.hosts().size(), seed, tally.all("begun "), tally.all("ended "),
                tally.of("ended in doubt"), tally.settling(), tally.of("clients that did not end"), tally.all("struck "), still)
                .replace("never", stage.failure().map(why -> "the run failed: " + why.getMessage()).orElse("never"));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

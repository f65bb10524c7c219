package dev.godwit.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.Desk;
import dev.godwit.lab.host.Figures;
import dev.godwit.lab.host.Godwitd;
import dev.godwit.lab.host.Jobs;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.LeftOvers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A tunnel with a peer at its other end that does not play by the rules ({@code lab/clients/liar.py}): the
 * migration fails with one error, the guest runs on at the source, nothing is left at the destination, and
 * neither daemon's memory grows with what the peer does. The figures go to
 * {@code lab/target/hostile-peers.md}.
 */
@LabTest
class HostilePeerTest {

    private static final int FILL_MIB = 192;

    /** What a daemon may grow by: a fraction of what goes through it, and far below the guest's size. */
    private static final long GROWTH_MIB = 96;

    private static final long LIE_AFTER = 24L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Longer than the daemon waits for a receiver when the source knows nothing of credit. */
    private static final Duration STANDS_STILL = Duration.ofSeconds(15);

    @BeforeAll
    static void impatient(Lab lab) throws IOException {
        for (Godwitd host : List.of(lab.godwitd("kvm1"), lab.godwitd("kvm2"))) {
            lab.clear(host);
            host.stop();
            host.set("keepalive_interval", "1");
            host.set("keepalive_count", "3");
            host.set("migration_tunnel_connection", "0"); // it is the daemons' own way that is tried here
            host.start();
        }
        Files.writeString(report(lab), "| peer | source daemon, MiB before → most | destination daemon, MiB before → most |\n|---|---|---|\n");
    }

    @AfterAll
    static void defaults(Lab lab) {
        lab.clearAll();
        for (Godwitd host : List.of(lab.godwitd("kvm1"), lab.godwitd("kvm2"))) {
            host.stop();
            host.reset();
            host.start();
        }
    }

    @TestFactory
    Stream<DynamicTest> thePeerLies(Lab lab) {
        return Stream.of("stall", "garbage", "payload", "half", "close", "flood")
                .map(mode -> DynamicTest.dynamicTest(mode, () -> lies(lab, mode)));
    }

    private static void lies(Lab lab, String mode) {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        Desk liar = lab.desk("liar");
        LabGuest guest = boot(lab, source);
        LeftOvers before = LeftOvers.of(destination);
        Growth growth = new Growth(source, destination);
        Path said = lab.storage().resolve("liar-" + mode + ".out");
        Process peer = liar.spawn(said, Map.of(), List.of("/usr/bin/python3",
                lab.checkout().resolve("lab/clients/liar.py").toString(), destination.name(), mode, Long.toString(LIE_AFTER)));
        try {
            Await.until("the peer listens", PATIENCE, () -> text(said).contains("listening"));
            CommandResult result = lab.godwit().run(source, "migrate", "--live", "--p2p", "--tunnelled", guest.name(),
                    "qemu+tcp://" + liar.name() + "/system");
            assertThat(text(said)).as("it came to the lie").contains("lying");
            if (!mode.equals("flood")) { // data that nobody asked for may as well be thrown away
                result.expectFailure();
                assertThat(result.err().lines().filter(line -> line.startsWith("error:")).count()).isBetween(1L, 2L);
            }
            LabHost home = result.ok() ? destination : source;
            Jobs.awaitNone(lab.virsh(), home, guest.name());
            assertThat(lab.virsh().run(home, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
            guest.serial().awaitBeats(2);
            guest.serial().assertUnbroken();
            growth.record(lab, mode);
        } finally {
            Commands.kill(peer.toHandle());
        }
        lab.clear(destination);
        LeftOvers.awaitNone(destination, before);
    }

    /** The source sends faster than the guest's QEMU at the destination reads, which does not read at all. */
    @Test
    void theReceiverStandsStill(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabGuest guest = boot(lab, source);
        whileTheReceiverStandsStill(lab, guest, true, migration -> {
            // For longer than a client without credit is waited for, and than keepalive waits for an answer: the
            // connection is read all the time.
            Await.until("it has stood still for a while", PATIENCE,
                    () -> job(lab, source, guest, "time_elapsed") > STANDS_STILL.toMillis());
            assertThat(migration.isAlive()).isTrue();
        });
        lab.clearAll();
    }

    /** What the source has to say about a tunnel that stands still does not wait behind its data. */
    @Test
    void aReceiverThatStandsStillDoesNotHoldUpACancel(Lab lab) throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        LabGuest guest = boot(lab, source);
        LeftOvers before = LeftOvers.of(destination);
        whileTheReceiverStandsStill(lab, guest, false, _ -> {
            long receiver = destination.guestProcess(guest.name());
            lab.virsh().run(source, "domjobabort", guest.name()).expectSuccess();
            // FINISH has arrived there when the receiver is asked to end, which it can only do when it runs again.
            Await.until("the destination knows", Duration.ofSeconds(5), () -> hasSignalPending(receiver));
        });
        assertThat(lab.virsh().run(source, "domstate", guest.name()).expectSuccess().out().strip()).isEqualTo("running");
        LeftOvers.awaitNone(destination, before);
    }

    private interface Meanwhile {
        void run(Process migration) throws Exception;
    }

    private static void whileTheReceiverStandsStill(Lab lab, LabGuest guest, boolean moves, Meanwhile meanwhile)
            throws Exception {
        LabHost source = lab.godwitd("kvm1");
        LabHost destination = lab.godwitd("kvm2");
        Growth growth = new Growth(source, destination);
        lab.virsh().run(source, "migrate-setspeed", guest.name(), "64").expectSuccess();
        Process migration = lab.godwit().spawn(source, lab.storage().resolve("still.out"),
                "migrate", "--live", "--p2p", "--tunnelled", guest.name(), destination.uri());
        Jobs.awaitPercent(lab.virsh(), source, guest.name(), 20);
        long receiver = destination.guestProcess(guest.name());
        Commands.run("kill", "-STOP", Long.toString(receiver));
        try {
            lab.virsh().run(source, "migrate-setspeed", guest.name(), "10000").expectSuccess();
            // Until nothing moves any more: everything between the two QEMUs is full.
            long[] last = {-1};
            Await.until("the tunnel is full", PATIENCE, () -> {
                long processed = job(lab, source, guest, "memory_processed");
                boolean still = processed == last[0];
                last[0] = processed;
                return still;
            });
            // Other calls are answered, on either daemon.
            lab.virsh().run(source, "list").expectSuccess();
            lab.virsh().run(destination, "list").expectSuccess();
            meanwhile.run(migration);
            growth.record(lab, "a receiver that does not read");
        } finally {
            Commands.run("kill", "-CONT", Long.toString(receiver));
        }
        assertThat(migration.waitFor() == 0).as("it moved").isEqualTo(moves);
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
    }

    /** Whether a process has a signal to deal with that it cannot deal with now (proc(5), ShdPnd). */
    private static boolean hasSignalPending(long process) {
        return text(Path.of("/proc/" + process + "/status")).lines()
                .filter(line -> line.startsWith("ShdPnd:")).anyMatch(line -> !line.matches("ShdPnd:\\s*0+"));
    }

    private static long job(Lab lab, LabHost source, LabGuest guest, String figure) {
        String job = lab.virsh().run(source, "domjobinfo", guest.name(), "--rawstats").out();
        return job.lines().filter(line -> line.startsWith(figure + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(figure.length() + 2))).findFirst().orElse(0);
    }

    private static LabGuest boot(Lab lab, LabHost source) {
        LabGuest guest = lab.guest("prey", Shape.DIRECT_KERNEL).with(FILL_MIB, 1);
        // After a failed migration it is where it was, and as good as a new one.
        if (!lab.virsh().run(source, "domstate", guest.name()).ok()) {
            lab.clearAll();
            lab.virsh().run(source, "create", guest.prepare().toString()).expectSuccess();
            guest.serial().awaitLife();
        }
        return guest;
    }

    private static final class Growth {
        private final LabHost source;
        private final LabHost destination;
        private final long sourceBefore;
        private final long destinationBefore;

        Growth(LabHost source, LabHost destination) {
            this.source = source;
            this.destination = destination;
            sourceBefore = begin(source);
            destinationBefore = begin(destination);
        }

        private static long begin(LabHost host) {
            Figures.forgetMost(host.daemonPid());
            return Figures.residentMiB(host.daemonPid());
        }

        void record(Lab lab, String what) {
            long sourceMost = Figures.mostResidentMiB(source.daemonPid());
            long destinationMost = Figures.mostResidentMiB(destination.daemonPid());
            try {
                Files.writeString(report(lab), "| %s | %d → %d | %d → %d |%n".formatted(
                        what, sourceBefore, sourceMost, destinationBefore, destinationMost), StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            assertThat(sourceMost - sourceBefore).as("growth of the source daemon, MiB").isLessThan(GROWTH_MIB);
            assertThat(destinationMost - destinationBefore).as("growth of the destination daemon, MiB").isLessThan(GROWTH_MIB);
        }
    }

    private static Path report(Lab lab) {
        return lab.checkout().resolve("lab/target/hostile-peers.md");
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

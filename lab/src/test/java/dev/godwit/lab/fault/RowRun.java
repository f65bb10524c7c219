package dev.godwit.lab.fault;

import static dev.godwit.domain.Host.DESTINATION;
import static dev.godwit.domain.Host.SOURCE;

import dev.godwit.client.Domain;
import dev.godwit.domain.Host;
import dev.godwit.lab.fault.daemon.Action;
import dev.godwit.lab.fault.daemon.Point;
import dev.godwit.lab.fault.daemon.Point.Moment;
import dev.godwit.lab.fault.daemon.Point.Step;
import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.LabHost;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationHistory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One row, from a guest that runs at the source to a guest that runs, and can be moved again. */
final class RowRun {

    private static final Duration TO_THE_POINT = Duration.ofSeconds(90);
    private static final Duration TO_DIE = Duration.ofSeconds(60);
    /** Longer than silence lasts before a connection is given up, {@link Drive#INTERVAL_SECONDS} × ({@link Drive#COUNT} + 1). */
    private static final long OUTAGE_MILLIS = 4000;
    /** How long the disk is full, unless the client has an answer before. */
    private static final long FULL_MILLIS = 2000;
    private static final Duration TO_SETTLE = Duration.ofSeconds(90);
    private static final Duration TO_END = Duration.ofSeconds(90);
    /** So much of the guest is sent before it is met half way, in percent, and so fast, in MiB/s. */
    private static final long MIDWAY_PERCENT = 30;
    private static final int SLOWLY = 16;

    private final Pair pair;
    private final Row row;
    private final LabHost source;
    private final LabHost destination;
    private final Path said;

    RowRun(Pair pair, Row row) {
        this.pair = pair;
        this.row = row;
        this.source = pair.host(SOURCE);
        this.destination = pair.host(DESTINATION);
        this.said = pair.lab().storage().resolve(pair.guest().name() + ".client");
    }

    /**
     * Runs it.
     *
     * @return how it ended
     * @throws AssertionError if it is not as it must be
     */
    RowResult run() {
        pair.boot();
        pair.taps().forget();
        pair.hosts().forEach(host -> pair.desk(host).forget());
        Process client = start();
        try {
            strike(client);
            long repaired = System.nanoTime();
            World world = new World(pair);
            Await.until(() -> "it is settled: " + world.unsettled(row.ending()).orElse(""), TO_SETTLE,
                    () -> world.unsettled(row.ending()).isEmpty());
            double seconds = (System.nanoTime() - repaired) / 1e9;
            end(client);
            return after(world, seconds);
        } finally {
            Commands.kill(client.toHandle());
        }
    }

    private Process start() {
        boolean slow = row.way() == Way.ABORTED || row.point().moment() == Moment.MIDWAY;
        try {
            Files.deleteIfExists(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Point first = point(row.way());
        if (row.point().moment() != Moment.MIDWAY) {
            arm(row.point(), row.fault().action(row.point()));
        }
        switch (row.way()) {
            case PLAIN, ABORTED -> { }
            case REFUSED -> arm(first, Action.REFUSE);
            case LEFT -> arm(first, row.drive().direct() ? Action.STOP : Action.DIE);
            case LEFT_LATE -> arm(first, Action.STOP);
        }
        List<String> words = row.drive().words(pair.guest().name(), destination.uri(), slow ? SLOWLY : 0);
        return row.drive().client(pair.lab()).spawnAt(
                pair.lab().desk("desk"), source.uri(), said, words.toArray(String[]::new));
    }

    /** Where the first of two faults is. */
    private static Point point(Way way) {
        return switch (way) {
            case PLAIN, ABORTED -> new Point(Step.PERFORM, Moment.MIDWAY);
            case REFUSED -> new Point(Step.HANDOVER, Moment.BEFORE_JOURNAL);
            case LEFT -> new Point(Step.PERFORM, Moment.BEFORE_ANSWER);
            case LEFT_LATE -> new Point(Step.HANDOVER, Moment.BEFORE_ANSWER);
        };
    }

    private LabHost at(Host side) {
        return side == SOURCE ? source : destination;
    }

    private void arm(Point point, Action action) {
        pair.desk(at(point.side())).arm(point, action);
    }

    private void awaitReached(Point point) {
        if (point.moment() == Moment.MIDWAY) {
            Await.until(MIDWAY_PERCENT + " % of the guest are sent", TO_THE_POINT, () -> pair.taps().on(source.name())
                    .flatMap(MonitorTap::percentSent).filter(percent -> percent >= MIDWAY_PERCENT).isPresent());
        } else {
            pair.desk(at(point.side())).awaitReached(point, TO_THE_POINT);
        }
    }

    private void release() {
        pair.hosts().forEach(host -> pair.desk(host).release());
    }

    // What goes wrong

    private void strike(Process client) {
        goThatWay(client);
        awaitReached(row.point());
        switch (row.fault()) {
            case CLIENT -> Commands.kill(client.toHandle());
            case SOURCE_QEMU -> killGuest(source);
            case DESTINATION_QEMU -> killGuest(destination);
            case CONNECTIONS -> at(row.point().side()).resetConnections();
            case DISK_FULL -> {
                awaitEnd(client, FULL_MILLIS);
                pair.desk(at(row.point().side())).room();
            }
            default -> {
                if (row.fault().cut()) {
                    destination.partition();
                    release();
                    awaitEnd(client, OUTAGE_MILLIS);
                }
                row.fault().killed().forEach(side -> kill(at(side)));
            }
        }
        release();
        row.fault().killed().forEach(side -> at(side).start());
        destination.heal();
    }

    /** The first of two faults. */
    private void goThatWay(Process client) {
        Point first = point(row.way());
        switch (row.way()) {
            case PLAIN -> { }
            case ABORTED -> {
                awaitReached(first);
                pair.view(source).domain().map(Domain::jobs).orElseThrow().abort();
            }
            case REFUSED -> awaitReached(first);
            case LEFT, LEFT_LATE -> {
                awaitReached(first);
                if (row.drive().direct()) {
                    Commands.kill(client.toHandle());
                } else if (row.way() == Way.LEFT) {
                    awaitDeath(source);
                } else {
                    source.kill();
                }
                pair.desk(at(first.side())).release(first);
                if (!row.drive().direct()) {
                    startAgain(source);
                }
            }
        }
    }

    /** It goes on with what was left, and may die of that before it answers anybody. */
    private void startAgain(LabHost host) {
        if (diesByItself(host)) {
            host.startAndLeave();
        } else {
            host.start();
        }
    }

    private boolean diesByItself(LabHost host) {
        return row.fault().action(row.point()) == Action.DIE && host == at(row.point().side());
    }

    private void kill(LabHost host) {
        if (diesByItself(host)) {
            awaitDeath(host);
        } else {
            host.kill();
        }
    }

    private static void awaitDeath(LabHost host) {
        Await.until("the daemon of " + host + " has died", TO_DIE, () -> !host.isUp());
    }

    private void killGuest(LabHost host) {
        List<Long> processes = host.guestProcesses(pair.guest().name());
        if (processes.size() != 1) {
            throw new AssertionError("QEMUs of the guest on " + host + ": " + processes);
        }
        ProcessHandle.of(processes.getFirst()).ifPresent(ProcessHandle::destroyForcibly);
        Await.until("the QEMU on " + host + " has died", TO_DIE,
                () -> host.guestProcesses(pair.guest().name()).isEmpty());
    }

    private static void awaitEnd(Process client, long millis) {
        try {
            client.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    // What became of it

    private void end(Process client) {
        awaitEnd(client, TO_END.toMillis());
        if (client.isAlive()) {
            throw new AssertionError("the client does not end");
        }
    }

    private RowResult after(World world, double seconds) {
        boolean runs = world.home().isPresent();
        world.home().ifPresentOrElse(pair::home, this::homeIsWhereItBelonged);
        if (runs) {
            pair.guest().serial().awaitBeats(3);
            pair.guest().serial().assertUnbroken();
        }
        world.assertNeverTwo();
        world.assertJournals();
        String word = word();
        pair.awaitNothingLeft(runs);
        String where = !runs ? "gone" : pair.host(SOURCE) == source ? "source" : "destination";
        pair.boot();
        pair.move(row.drive());
        pair.guest().serial().awaitBeats(2);
        pair.guest().serial().assertUnbroken();
        return new RowResult(row, true, seconds, where, word);
    }

    /** A guest that has ended is booted where it belonged: of one that is booted elsewhere the journals cannot prove anything any more. */
    private void homeIsWhereItBelonged() {
        List<JournaledMigration> migrations = MigrationHistory.of(pair.view(destination).journal()).migrations();
        if (!migrations.isEmpty() && migrations.getLast().arrived()) {
            pair.home(destination);
        }
    }

    /** What the client said last. */
    private String word() {
        try {
            List<String> lines = Files.exists(said) ? Files.readAllLines(said) : List.of();
            return lines.stream().filter(line -> !line.isBlank()).reduce("", (_, last) -> last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

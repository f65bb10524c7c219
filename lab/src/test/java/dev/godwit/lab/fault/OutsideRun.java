package dev.godwit.lab.fault;

import static dev.godwit.domain.Host.DESTINATION;
import static dev.godwit.domain.Host.SOURCE;

import dev.godwit.domain.VirtException;
import dev.godwit.lab.fault.OutsideCase.Moment;
import dev.godwit.lab.fault.Row.Ending;
import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.matrix.HaltingClient;
import dev.godwit.lab.matrix.Mover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** One case on one pair of hosts, whatever their daemons. It says what became of the guest, and does not judge. */
final class OutsideRun {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** Stock daemons give a silent peer up after half a minute. */
    private static final long OUTAGE_MILLIS = 40_000;
    /** Our source asks several times in that time; whoever does nothing by then does nothing by himself. */
    private static final Duration TO_SETTLE = Duration.ofSeconds(30);
    private static final long MIDWAY_PERCENT = 30;
    private static final int SLOWLY = 16;
    private static final String AT_ONCE = "1000";

    private final Pair pair;
    private final OutsideCase wanted;
    private final LabHost source;
    private final LabHost destination;
    private final Path said;

    /**
     * What was seen at the end.
     *
     * @param verdict     one of "runs at the source", "runs at the destination", "paused", "lost", "runs twice", "ended with its QEMU"
     * @param seconds     until that was so, from when all daemons and the network were there again; {@link #TO_SETTLE} when it stayed
     *                    unsettled
     * @param source      what the source says of the guest
     * @param destination what the destination says of it
     * @param word        what the client said last
     * @param screen      all that the client said, and what virsh says of the guest on both hosts, for people
     */
    record Seen(String verdict, double seconds, String source, String destination, String word, String screen) {

        /** Not seen, and why. */
        static Seen nothing(AssertionError why) {
            return new Seen("not seen: " + String.valueOf(why.getMessage()).lines().findFirst().orElse(""), 0, "", "", "", "");
        }

        /** Whether not exactly one copy of it runs, although its QEMU was left alone. */
        boolean harmed() {
            return verdict.equals(PAUSED) || verdict.equals(LOST) || verdict.equals(TWICE);
        }

        /** Whether it runs, once, and all is settled. */
        boolean well() {
            return verdict.equals(AT_SOURCE) || verdict.equals(AT_DESTINATION);
        }
    }

    private static final String PAUSED = "paused";
    private static final String LOST = "lost";
    private static final String TWICE = "runs twice";
    private static final String AT_SOURCE = "runs at the source";
    private static final String AT_DESTINATION = "runs at the destination";

    OutsideRun(Pair pair, OutsideCase wanted) {
        this.pair = pair;
        this.wanted = wanted;
        this.source = pair.host(SOURCE);
        this.destination = pair.host(DESTINATION);
        this.said = pair.lab().storage().resolve(pair.guest().name() + ".client");
    }

    Seen run() {
        pair.boot();
        pair.taps().forget();
        Process client = start();
        try {
            awaitMoment();
            strike(client);
            long repaired = System.nanoTime();
            World world = new World(pair);
            boolean settled = settles(world);
            double seconds = (System.nanoTime() - repaired) / 1e9;
            world.home().ifPresent(pair::home);
            return new Seen(verdict(settled), seconds, says(source), says(destination), word(), screen());
        } finally {
            Commands.kill(client.toHandle());
        }
    }

    private Process start() {
        try {
            Files.deleteIfExists(said);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (wanted.halt().isPresent()) {
            List<String> halting = new ArrayList<>(Mover.javaWords(pair.lab()));
            halting.removeLast();
            halting.addAll(List.of(HaltingClient.class.getName(), source.uri(), pair.guest().name(), destination.uri(),
                    wanted.halt().get().name()));
            return pair.lab().desk("desk").spawn(said, Map.of(), halting);
        }
        List<String> words = wanted.drive().words(pair.guest().name(), destination.uri(), SLOWLY);
        return wanted.drive().client(pair.lab())
                .spawnAt(pair.lab().desk("desk"), source.uri(), said, words.toArray(String[]::new));
    }

    private void awaitMoment() {
        if (wanted.halt().isPresent()) {
            Await.until(wanted.moment().label(), PATIENCE, () -> read(said).contains(wanted.halt().get() + " is over"));
            return;
        }
        Await.until("a receiver waits", PATIENCE, () -> status(destination).filter("inmigrate"::equals).isPresent());
        if (wanted.moment() == Moment.RECEIVER_WAITS) {
            return;
        }
        Await.until(MIDWAY_PERCENT + " % are sent", PATIENCE, () -> pair.taps().on(source.name())
                .flatMap(MonitorTap::percentSent).filter(percent -> percent >= MIDWAY_PERCENT).isPresent());
        if (wanted.frozen()) {
            destination.freeze(); // FINISH is sent to it, and not answered
            // Before the source gives up a daemon that does not answer.
            pair.lab().virsh().run(source, "migrate-setspeed", pair.guest().name(), AT_ONCE).expectSuccess();
            Await.until("the source has stopped the guest", PATIENCE,
                    () -> status(source).filter("postmigrate"::equals).isPresent());
        }
    }

    private Optional<String> status(LabHost host) {
        return pair.taps().on(host.name()).flatMap(MonitorTap::status);
    }

    private void strike(Process client) {
        switch (wanted.fault()) {
            case CLIENT -> Commands.kill(client.toHandle());
            case SOURCE_QEMU -> killGuest(source);
            case DESTINATION_QEMU -> killGuest(destination);
            case NETWORK -> destination.partition();
            default -> wanted.fault().killed().forEach(side -> pair.host(side).kill());
        }
        if (wanted.frozen() && destination.isUp()) {
            destination.thaw();
        }
        if (wanted.fault() == Fault.NETWORK) {
            awaitEnd(client, OUTAGE_MILLIS);
            destination.heal();
        }
        pair.hosts().stream().filter(host -> !host.isUp()).forEach(LabHost::start);
        if (wanted.halt().isPresent()) {
            Commands.kill(client.toHandle()); // it gives up, whatever went wrong
        }
    }

    private void killGuest(LabHost host) {
        host.guestProcesses(pair.guest().name()).forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitEnd(Process client, long millis) {
        try {
            client.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private boolean settles(World world) {
        Ending ending = killsQemu() ? Ending.MAY_BE_GONE : Ending.RUNS;
        try {
            Await.until("it is settled", TO_SETTLE, () -> world.unsettled(ending).isEmpty());
            return true;
        } catch (AssertionError e) {
            return false;
        }
    }

    private boolean killsQemu() {
        return wanted.fault() == Fault.SOURCE_QEMU || wanted.fault() == Fault.DESTINATION_QEMU;
    }

    private String verdict(boolean settled) {
        List<String> running = pair.taps().statuses().stream().filter(status -> status.endsWith(" running")).toList();
        if (pair.taps().twoAtOnce().isPresent() || running.size() > 1) {
            return TWICE;
        }
        if (running.size() == 1) {
            String where = running.getFirst().startsWith(source.name() + " ") ? AT_SOURCE : AT_DESTINATION;
            return settled ? where : where + ", not settled";
        }
        if (!pair.taps().statuses().isEmpty()) {
            return PAUSED;
        }
        return killsQemu() ? "ended with its QEMU" : LOST;
    }

    private String says(LabHost host) {
        try {
            return pair.view(host).state().map(Enum::name).orElse("unknown here");
        } catch (VirtException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private String screen() {
        StringBuilder text = new StringBuilder();
        text.append("the client:\n").append(read(said));
        String guest = pair.guest().name();
        for (LabHost host : List.of(source, destination)) {
            CommandResult state = pair.lab().virsh().run(host, "domstate", "--reason", guest);
            text.append(host == source ? "the source" : "the destination").append(", virsh domstate --reason ").append(guest)
                    .append(":\n").append(state.ok() ? state.out().strip() : state.err().strip()).append('\n');
        }
        return text.toString();
    }

    private String word() {
        try {
            List<String> lines = Files.exists(said) ? Files.readAllLines(said) : List.of();
            return lines.stream().filter(line -> !line.isBlank()).reduce("", (_, last) -> last);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

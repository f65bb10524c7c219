package dev.godwit.lab.chaos;

import dev.godwit.lab.chaos.Stage.Journey;
import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Client;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.matrix.Flow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Moves one guest to some other host, in some flow, by some client, again and again. */
final class Journeys implements Runnable {

    /** A client that has not ended by then is killed: its daemons may have been away all the time. */
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    /** Hosts may be dead and cut off again and again, but not for so long without a moment in which it is settled. */
    private static final Duration LONGEST_DOUBT = Duration.ofMinutes(10);
    /** MiB a second; 0 is without a limit. Slow ones are there to be hit. */
    private static final List<Integer> BANDWIDTHS = List.of(0, 20, 60);
    private static final int LONGEST_REST_MILLIS = 2500;
    /** One in so many begins although a host is away, and is refused. */
    private static final int RECKLESS = 10;

    private final Stage stage;
    private final String guest;
    private final SplittableRandom dice;
    private final Semaphore atOnce;
    private final Path output;

    /**
     * Of a guest that runs on one of the hosts.
     *
     * @param stage  where
     * @param guest  its name
     * @param dice   decide
     * @param atOnce how many guests move at one time
     */
    Journeys(Stage stage, String guest, SplittableRandom dice, Semaphore atOnce) {
        this.stage = stage;
        this.guest = guest;
        this.dice = dice;
        this.atOnce = atOnce;
        this.output = stage.lab().storage().resolve(guest + ".client");
    }

    @Override
    public void run() {
        while (!stage.endsWithin(dice.nextInt(LONGEST_REST_MILLIS))) {
            Optional<String> home = stage.copies().runsOn(guest);
            if (home.isEmpty()) {
                // What a daemon or QEMU itself drives goes on when the client is gone, and may be struck later.
                settle();
                continue;
            }
            LabHost from = stage.host(home.get());
            List<LabHost> others = stage.hosts().stream().filter(host -> host != from).toList();
            LabHost to = others.get(dice.nextInt(others.size()));
            boolean reckless = dice.nextInt(RECKLESS) == 0;
            atOnce.acquireUninterruptibly();
            try {
                if (!reckless && (stage.away().contains(from) || stage.away().contains(to))) {
                    continue;
                }
                move(from, to);
            } finally {
                atOnce.release();
            }
            settle();
        }
    }

    private void move(LabHost from, LabHost to) {
        Flow flow = Flow.values()[dice.nextInt(Flow.values().length)];
        Client client = dice.nextBoolean() ? stage.lab().godwit() : stage.lab().virsh();
        int bandwidth = BANDWIDTHS.get(dice.nextInt(BANDWIDTHS.size()));
        List<String> words = new ArrayList<>(List.of("migrate", "--live"));
        words.addAll(flow.options());
        if (bandwidth > 0) {
            words.addAll(List.of("--bandwidth", Integer.toString(bandwidth)));
        }
        words.addAll(List.of(guest, to.uri()));
        String what = "%s from %s to %s, %s by %s%s".formatted(guest, from.name(), to.name(), flow.label(), client.name(),
                bandwidth > 0 ? " with " + bandwidth + " MiB/s" : "");
        stage.tally().say("begins: " + what);
        stage.tally().count("begun " + flow.label());
        int status = run(client, from, to, words);
        Optional<String> at = stage.copies().runsOn(guest);
        String ending = ending(status, from, to, at);
        stage.tally().count("ended " + ending);
        stage.tally().say("ended, " + ending + ", status " + status + ": " + what + said());
        if (status == 0 && at.filter(to.name()::equals).isEmpty()) {
            throw new AssertionError(client + " said that it moved, and it does not run there, but on " + at + ": " + what);
        }
    }

    private int run(Client client, LabHost from, LabHost to, List<String> words) {
        try {
            Files.deleteIfExists(output);
            Process process = client.spawnAt(stage.desk(), from.uri(), output, words.toArray(String[]::new));
            Journey journey = new Journey(guest, from, to, process);
            stage.journeys().add(journey);
            try {
                if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                    stage.tally().count("clients that did not end");
                    stage.tally().say("the client of " + guest + " has not ended after " + PATIENCE.toSeconds() + " s");
                    Commands.kill(process.toHandle());
                    process.waitFor();
                }
                return process.exitValue();
            } finally {
                stage.journeys().remove(journey);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String ending(int status, LabHost from, LabHost to, Optional<String> at) {
        if (status == 0) {
            return "completed";
        }
        return at.map(name -> name.equals(from.name()) ? "stayed or rolled back"
                : name.equals(to.name()) ? "arrived all the same" : "somewhere").orElse("in doubt");
    }

    private String said() {
        try {
            String text = Files.readString(output, StandardCharsets.UTF_8).strip();
            return text.isEmpty() ? "" : ": " + text.replace('\n', '|');
        } catch (IOException e) {
            return "";
        }
    }

    /** Waits until it runs somewhere, also after the run's end. */
    private void settle() {
        long began = System.nanoTime();
        boolean[] stood = {false};
        Await.until(guest + " runs somewhere", LONGEST_DOUBT, () -> {
            if (stage.failure().isPresent() || stage.copies().runsOn(guest).isPresent()) {
                return true;
            }
            stood[0] = true;
            stage.endsWithin(100);
            return false;
        });
        if (stood[0]) {
            Duration after = Duration.ofNanos(System.nanoTime() - began);
            stage.tally().settled(after);
            stage.tally().say("settled: " + guest + " runs on " + stage.copies().runsOn(guest).orElse("nothing") + " after "
                    + after.toMillis() + " ms");
        }
    }
}

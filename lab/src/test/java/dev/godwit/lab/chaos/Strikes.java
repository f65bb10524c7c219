package dev.godwit.lab.chaos;

import dev.godwit.lab.chaos.Stage.Journey;
import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.LabHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Kills some party of a migration every few seconds, and starts it again after a random short while; a guest's QEMU is left alone,
 * since a guest that dies by itself proves nothing.
 */
final class Strikes implements Runnable {

    private static final int SHORTEST_REST_MILLIS = 2000;
    private static final int LONGEST_REST_MILLIS = 8000;
    private static final int LONGEST_AWAY_MILLIS = 3000;
    private static final int LONGEST_CUT_MILLIS = 12_000;
    /** Now and then so long that connections are given up. */
    private static final int LONG_CUT_MILLIS = 40_000;

    private static final Duration LONGEST_START = Duration.ofMinutes(6);

    /** Who is struck, and how often among {@link #SIDES}. */
    private enum Kind {
        CLIENT(4), SOURCE(5), DESTINATION(5), BOTH(3), NETWORK(1);

        private final int weight;

        Kind(int weight) {
            this.weight = weight;
        }

        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private static final int SIDES = List.of(Kind.values()).stream().mapToInt(kind -> kind.weight).sum();

    private final Stage stage;
    private final SplittableRandom dice;
    private final Map<LabHost, Thread> helpers = new HashMap<>();

    Strikes(Stage stage, SplittableRandom dice) {
        this.stage = stage;
        this.dice = dice;
    }

    @Override
    public void run() {
        while (!stage.endsWithin(dice.nextInt(SHORTEST_REST_MILLIS, LONGEST_REST_MILLIS))) {
            // Every other time all are let come back before, so that something succeeds, too, also on a busy machine.
            if (dice.nextBoolean()) {
                Await.until("all are back", LONGEST_START, () -> stage.away().isEmpty() || stage.endsWithin(200));
            }
            List<Journey> journeys = new ArrayList<>(stage.journeys());
            if (!journeys.isEmpty()) {
                strike(kind(), journeys.get(dice.nextInt(journeys.size())));
            }
        }
        helpers.values().forEach(helper -> {
            try {
                helper.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private Kind kind() {
        int side = dice.nextInt(SIDES);
        for (Kind kind : Kind.values()) {
            side -= kind.weight;
            if (side < 0) {
                return kind;
            }
        }
        throw new IllegalStateException();
    }

    private void strike(Kind kind, Journey journey) {
        switch (kind) {
            case CLIENT -> {
                Commands.kill(journey.client().toHandle());
                struck(kind, journey, journey.guest());
            }
            case SOURCE -> daemons(kind, journey, List.of(journey.from()));
            case DESTINATION -> daemons(kind, journey, List.of(journey.to()));
            case BOTH -> daemons(kind, journey, List.of(journey.from(), journey.to()));
            case NETWORK -> {
                LabHost host = dice.nextBoolean() ? journey.from() : journey.to();
                if (free(host)) {
                    int millis = dice.nextInt(4) == 0 ? LONG_CUT_MILLIS : dice.nextInt(1000, LONGEST_CUT_MILLIS);
                    host.partition();
                    struck(kind, journey, host.name() + " for " + millis + " ms");
                    comesBack(host, millis, host::heal);
                }
            }
        }
    }

    private void daemons(Kind kind, Journey journey, List<LabHost> hosts) {
        if (!hosts.stream().allMatch(this::free)) {
            return;
        }
        hosts.forEach(host -> {
            host.kill();
            struck(kind, journey, "daemon of " + host.name());
        });
        hosts.forEach(host -> comesBack(host, dice.nextInt(LONGEST_AWAY_MILLIS), host::start));
    }

    private void struck(Kind kind, Journey journey, String what) {
        stage.tally().count("struck " + kind.label());
        stage.tally().say("STRUCK " + kind.label() + ": " + what + ", while " + journey.guest() + " goes from "
                + journey.from().name() + " to " + journey.to().name());
    }

    private boolean free(LabHost host) {
        return !stage.away().contains(host);
    }

    private void comesBack(LabHost host, int millis, Runnable how) {
        stage.away().add(host);
        helpers.put(host, stage.start("brings back " + host.name(), () -> {
            stage.endsWithin(millis);
            how.run();
            stage.tally().say("back: " + host.name());
            stage.away().remove(host);
        }));
    }
}

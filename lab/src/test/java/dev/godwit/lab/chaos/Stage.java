package dev.godwit.lab.chaos;

import dev.godwit.lab.host.Desk;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabHost;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/** What all threads of a run share. The first that fails ends the run. */
final class Stage {

    private final Lab lab;
    private final List<LabHost> hosts;
    private final Desk desk;
    private final Copies copies;
    private final Tally tally;
    private final Set<Journey> journeys = ConcurrentHashMap.newKeySet();
    private final Set<LabHost> away = ConcurrentHashMap.newKeySet();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /**
     * A migration that is under way.
     *
     * @param guest its name
     * @param from  the source
     * @param to    the destination
     * @param client the process that stands for the client
     */
    record Journey(String guest, LabHost from, LabHost to, Process client) {}

    Stage(Lab lab, List<LabHost> hosts, Copies copies, Tally tally) {
        this.lab = lab;
        this.hosts = hosts;
        this.desk = lab.desk("desk"); // here, because the lab is not made for several threads
        this.copies = copies;
        this.tally = tally;
    }

    Lab lab() {
        return lab;
    }

    List<LabHost> hosts() {
        return hosts;
    }

    /** Where the clients run. */
    Desk desk() {
        return desk;
    }

    LabHost host(String name) {
        return hosts.stream().filter(host -> host.name().equals(name)).findFirst().orElseThrow();
    }

    Copies copies() {
        return copies;
    }

    Tally tally() {
        return tally;
    }

    /** Those under way now. */
    Set<Journey> journeys() {
        return journeys;
    }

    /** Hosts whose daemon is dead, or that are cut off. */
    Set<LabHost> away() {
        return away;
    }

    /** Starts a thread, whose failure is the run's. */
    Thread start(String name, Runnable what) {
        return Thread.ofPlatform().name(name).start(() -> {
            try {
                what.run();
            } catch (RuntimeException | AssertionError e) {
                fail(e);
            }
        });
    }

    /** The run has failed, and ends. */
    void fail(Throwable why) {
        if (failure.compareAndSet(null, why)) {
            tally.say("FAILED: " + why.getMessage());
        }
        end();
    }

    /** Nothing new is begun any more. */
    void end() {
        over.countDown();
    }

    /** Lets time go by, unless the run ends before; whether it has ended. */
    boolean endsWithin(long millis) {
        try {
            return over.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    boolean isOver() {
        return over.getCount() == 0;
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }
}

package dev.godwit.driver.simulated;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Guests.VirtualCpu;
import dev.godwit.driver.Waiting;
import dev.godwit.guest.Machine;
import dev.godwit.guest.MachineEvents;
import dev.godwit.guest.MachineGone;
import dev.godwit.xml.Element;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * A machine that is a few numbers. While its CPUs run, its heartbeat counts milliseconds and its guest writes memory at a steady
 * rate; both follow the time of its host that only goes forward.
 *
 * <p>Its heartbeat moves with its memory, so a test sees whether a guest was lost, doubled or set back.
 */
public final class SimulatedMachine implements Machine {

    private final SimulatedHost host;
    private final UUID guest;
    private final Waiting waiting;
    private final long memoryKiB;
    private final int virtualCpus;
    private final long dirtyBytesPerSecond;
    private final ReentrantLock lock = new ReentrantLock();
    /** Reports go here; replaced when another daemon takes over. Guarded by the lock. */
    private MachineEvents events;
    /** Guarded by the lock, as all below. */
    private boolean running;
    private boolean ended;
    private boolean complete;
    private boolean powerButtonWorks = true;
    private boolean diesHard;
    private long countedUntil;
    private Duration heartbeat = Duration.ZERO;
    private Duration cpuTime = Duration.ZERO;
    private long dirtyBytes;

    SimulatedMachine(
            SimulatedHost host,
            UUID guest,
            Waiting waiting,
            long memoryKiB,
            int virtualCpus,
            long dirtyBytesPerSecond,
            boolean empty,
            MachineEvents events) {
        this.host = host;
        this.guest = guest;
        this.waiting = waiting;
        this.memoryKiB = memoryKiB;
        this.virtualCpus = virtualCpus;
        this.dirtyBytesPerSecond = dirtyBytesPerSecond;
        this.events = events;
        this.countedUntil = waiting.nanoTime();
        this.dirtyBytes = empty ? 0 : memoryBytes();
    }

    /**
     * What a migration carries over at the end, besides memory.
     *
     * @param heartbeat how long the guest has run, wherever
     */
    public record Soul(Duration heartbeat) {}

    /** The identity of its guest. */
    public UUID guest() {
        return guest;
    }

    /** The host it is on. */
    public SimulatedHost host() {
        return host;
    }

    /** Its memory in bytes. */
    public long memoryBytes() {
        return memoryKiB * 1024;
    }

    /** Whether its CPUs run. */
    public boolean isRunning() {
        return locked(() -> running);
    }

    /** Whether it is gone. */
    public boolean isEnded() {
        return locked(() -> ended);
    }

    /** How long the guest has run, on all hosts together. */
    public Duration heartbeat() {
        return locked(() -> {
            count();
            return heartbeat;
        });
    }

    /** How much memory the guest has written since {@link #takeDirty()}; all of it at first. */
    public long dirtyBytes() {
        return locked(() -> {
            count();
            return dirtyBytes;
        });
    }

    /** Takes the written memory as copied: counting begins again at 0. */
    public long takeDirty() {
        return locked(() -> {
            count();
            long taken = dirtyBytes;
            dirtyBytes = 0;
            return taken;
        });
    }

    /** Makes all memory count as written again, because the copy is void. */
    public void copyIsVoid() {
        locked(() -> {
            dirtyBytes = memoryBytes();
            return null;
        });
    }

    /** Takes out what a migration carries over; the machine must stand still. */
    public Soul soul() {
        host.fabric().before("is sent to the end", this);
        return locked(() -> {
            requireThere();
            if (running) {
                throw new IllegalStateException("A running guest has no soul to copy");
            }
            return new Soul(heartbeat);
        });
    }

    /** Puts in what a migration carried over. */
    public void receive(Soul soul) {
        host.fabric().before("has come to the end", this);
        locked(() -> {
            requireThere();
            complete = true;
            heartbeat = soul.heartbeat();
            dirtyBytes = memoryBytes();
            return null;
        });
    }

    /** Whether all of a guest that was sent here has come. */
    public boolean isComplete() {
        return locked(() -> complete);
    }

    /** Makes its guest ignore the power button, or obey it again. */
    public void powerButtonWorks(boolean works) {
        locked(() -> powerButtonWorks = works);
    }

    /** Makes it survive every gentle attempt to end it. */
    public void diesHard(boolean hard) {
        locked(() -> diesHard = hard);
    }

    /** Its guest shuts down on its own. */
    public void shutDownByGuest() {
        stopAndReport(to -> to.shutDown(java.util.Optional.of(true)));
    }

    /** Its guest crashes. */
    public void panic() {
        stopAndReport(MachineEvents::panicked);
    }

    /** Its process ends for no reason. */
    public void crash() {
        MachineEvents to = locked(() -> {
            if (ended) {
                return new Unheard();
            }
            end();
            return events;
        });
        host.fabric().reports(this, to::ended);
    }

    @Override
    public void stop() {
        host.fabric().before("stops", this);
        MachineEvents to = locked(() -> {
            requireThere();
            count();
            running = false;
            return events;
        });
        to.stopped();
    }

    @Override
    public void resume() {
        host.fabric().before("runs", this);
        MachineEvents to = locked(() -> {
            if (ended) {
                throw new MachineGone();
            }
            count();
            running = true;
            return events;
        });
        to.resumed();
    }

    @Override
    public boolean stoodStill() {
        return locked(() -> !ended && !running);
    }

    @Override
    public void powerDown() {
        boolean works = locked(() -> {
            requireThere();
            return powerButtonWorks && running;
        });
        if (works) {
            shutDownByGuest();
        }
    }

    @Override
    public void reset() {
        MachineEvents to = locked(() -> {
            requireThere();
            count();
            heartbeat = Duration.ZERO;
            dirtyBytes = memoryBytes();
            return events;
        });
        to.rebooted();
    }

    @Override
    public void kill(boolean graceful) {
        host.fabric().before("is ended", this);
        MachineEvents to = locked(() -> {
            if (ended) {
                return null;
            }
            if (graceful && diesHard) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.TEST,
                        "failed to kill guest " + guest + " with SIGTERM");
            }
            end();
            return events;
        });
        if (to != null) {
            to.ended();
        }
    }

    @Override
    public long cpuTimeNanos() {
        return locked(() -> {
            count();
            return cpuTime.toNanos();
        });
    }

    @Override
    public long memoryKiB() {
        return memoryKiB;
    }

    @Override
    public List<VirtualCpu> virtualCpus() {
        long each = cpuTimeNanos() / virtualCpus;
        return IntStream.range(0, virtualCpus).mapToObj(number -> new VirtualCpu(number, 1, each, -1)).toList();
    }

    @Override
    public List<Element> status() {
        return List.of(Element.of("simulated").withAttr("host", host.name()));
    }

    @Override
    public void detach() {
        attach(new Unheard());
    }

    void attach(MachineEvents newEvents) {
        locked(() -> events = newEvents);
    }

    private void stopAndReport(Consumer<MachineEvents> report) {
        MachineEvents to = locked(() -> {
            requireThere();
            count();
            running = false;
            return events;
        });
        host.fabric().reports(this, () -> report.accept(to));
    }

    private void end() {
        count();
        running = false;
        ended = true;
        host.remove(this);
    }

    private void count() {
        long now = waiting.nanoTime();
        if (running) {
            Duration passed = Duration.ofNanos(now - countedUntil);
            heartbeat = heartbeat.plus(passed);
            cpuTime = cpuTime.plus(passed);
            double written = passed.toNanos() / 1e9 * dirtyBytesPerSecond;
            dirtyBytes = (long) Math.min(memoryBytes(), dirtyBytes + written);
        }
        countedUntil = now;
    }

    private void requireThere() {
        if (ended) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running");
        }
    }

    private <T> T locked(java.util.function.Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}

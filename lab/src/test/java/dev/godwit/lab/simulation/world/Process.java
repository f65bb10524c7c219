package dev.godwit.lab.simulation.world;

import dev.godwit.driver.Waiting;
import dev.godwit.wire.rpc.Timer;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A running program: the scheduler of its virtual threads, whose children inherit it, and its view of time. When it is killed, none
 * of its threads ever goes on; what it had in memory is never seen again.
 *
 * <p>That a virtual thread can be given a scheduler is no public feature of the JDK. This is the one place that uses it; the JVM of
 * the tests is started with {@code --add-opens java.base/java.lang=ALL-UNNAMED}.
 */
public final class Process implements Executor, Waiting, Timer {

    private static final Constructor<?> BUILDER = builder();

    private final Scheduler scheduler;
    private final String name;
    private final int number;
    private final List<Runnable> whenDead = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private Duration clockError = Duration.ZERO;
    private boolean alive = true;
    private boolean frozen;

    /**
     * A program without threads.
     *
     * @param scheduler the world's
     * @param name      for people
     */
    public Process(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.name = name;
        this.number = scheduler.register();
    }

    private static Constructor<?> builder() {
        try {
            Constructor<?> found = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JDK gives virtual threads no scheduler of a test's own", e);
        }
    }

    /** Starts a thread. Those that it starts belong to the process, too. */
    public Thread start(String threadName, Runnable body) {
        try {
            return ((Thread.Builder.OfVirtual) BUILDER.newInstance(this)).name(threadName).start(body);
        } catch (InstantiationException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What it is called. */
    public String name() {
        return name;
    }

    int number() {
        return number;
    }

    /** Whether it has not been killed. */
    public boolean isAlive() {
        return alive;
    }

    /** Kills it, at a moment at which none of its threads runs. */
    public void kill() {
        if (!alive) {
            return;
        }
        alive = false;
        held.clear();
        scheduler.forget(this);
        whenDead.forEach(Runnable::run);
        whenDead.clear();
    }

    /** Lets it stand still, or go on. What comes for it meanwhile waits. */
    public void freeze(boolean still) {
        frozen = still;
        if (!still) {
            List<Runnable> go = List.copyOf(held);
            held.clear();
            go.forEach(this::execute);
        }
    }

    /** What its environment does when it has been killed, such as closing its connections. */
    public void whenDead(Runnable action) {
        whenDead.add(action);
    }

    @Override
    public void execute(Runnable continuation) {
        if (!alive) {
            return;
        }
        if (frozen) {
            held.add(continuation);
        } else {
            scheduler.add(this, continuation);
        }
    }

    void run(Runnable continuation) {
        if (frozen) {
            held.add(continuation);
        } else {
            continuation.run();
        }
    }

    // Time

    /** Makes its wall clock wrong by so much, from now on. */
    public void clockError(Duration error) {
        clockError = error;
    }

    /** Its wall clock. */
    public InstantSource clock() {
        return () -> Instant.EPOCH.plus(Duration.ofDays(20_000)).plusNanos(scheduler.now()).plus(clockError);
    }

    @Override
    public long nanoTime() {
        return scheduler.now();
    }

    @Override
    public long await(Lock lock, Condition condition, long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (nanos <= 0) {
            return nanos;
        }
        long deadline = scheduler.now() + Math.min(nanos, Long.MAX_VALUE / 2);
        Scheduler.Alarm alarm = scheduler.after(deadline - scheduler.now(), () -> alarm("time is over", () -> {
            lock.lock();
            try {
                condition.signalAll();
            } finally {
                lock.unlock();
            }
        }));
        try {
            condition.await();
        } finally {
            alarm.cancel();
        }
        return deadline - scheduler.now();
    }

    @Override
    public Timer.Alarm after(Duration delay, Runnable task) {
        return scheduler.after(delay.toNanos(), () -> alarm("alarm", task))::cancel;
    }

    private void alarm(String what, Runnable task) {
        if (alive) {
            start(what, task);
        }
    }

    @Override
    public void close() {
        // Alarms of a process that lives are cancelled one by one.
    }

    @Override
    public String toString() {
        return name;
    }
}

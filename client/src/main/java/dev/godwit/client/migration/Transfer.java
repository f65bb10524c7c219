package dev.godwit.client.migration;

import dev.godwit.client.Domain;
import dev.godwit.client.Pending;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.PerformControl;
import dev.godwit.wire.rpc.Threads;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A PERFORM under way. While that one long call waits for its answer, others on the same connection ask how
 * far it has come, and break it off when it is not wanted any more.
 *
 * <p>Its threads are of the connection's kind, mostly the operating system's: a command that moves one guest would wait
 * longer for the first virtual thread of its process than for all three of these.
 *
 * <p>Whether a cancel came in time is for PERFORM's own answer to say, so that is always waited for; a
 * connection that dies is noticed by its keepalive.
 */
final class Transfer {

    /** How soon a wish to cancel is noticed. An interrupt is noticed at once. */
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Domain domain;
    private final PerformControl control;
    private final Duration progressEvery;

    Transfer(Domain domain, PerformControl control, Duration progressEvery) {
        this.domain = domain;
        this.control = control;
        this.progressEvery = progressEvery;
    }

    <T> T run(Callable<T> perform) {
        Threads threads = domain.connection().threads();
        Pending<T> task = Pending.start(
                threads.named("perform " + domain.name()), domain.connection().waiting(), perform);
        if (control != PerformControl.NONE) {
            threads.named("progress " + domain.name()).start(() -> watch(task));
        }
        boolean interrupted = false;
        boolean aborting = false;
        try {
            while (true) {
                if (!aborting && (interrupted || control.cancelled())) {
                    aborting = true;
                    threads.named("abort " + domain.name()).start(() -> abort(task));
                }
                try {
                    if (task.await(LOOK_NANOS)) {
                        return task.get();
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException refusal
                    ? refusal
                    : new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE, e.getCause().toString(),
                            e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Hands on the figures until the transfer is over. */
    private void watch(Pending<?> task) {
        try {
            while (!task.await(progressEvery.toNanos())) {
                JobStats stats;
                try {
                    stats = domain.jobs().stats();
                } catch (VirtException e) {
                    // The job may have just ended, or its host be busy ending it; PERFORM's answer says how.
                    if (e instanceof LostConnectionException) {
                        return;
                    }
                    continue;
                }
                if (stats.type() != JobType.NONE && !task.isOver()) {
                    control.progress(stats);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks until the source has heard it: a job that is only being set up is refused as "no job". */
    private void abort(Pending<?> task) {
        try {
            do {
                try {
                    domain.jobs().abort();
                    return;
                } catch (VirtException e) {
                    if (e instanceof LostConnectionException) {
                        return;
                    }
                }
            } while (!task.await(LOOK_NANOS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.godwit.driver.qemu.process;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * A QEMU on this host: a child of this process, or one that an earlier daemon started.
 *
 * <p>Waiting and ending are bounded by their arguments and not cut short by an interrupt, because what
 * is half ended is nobody's; a thread that is interrupted meanwhile is so afterwards.
 */
public final class QemuProcess {

    /** How long after SIGKILL a process may take to be gone. Longer means that a device of the host hangs. */
    private static final Duration KILL_GRACE = Duration.ofSeconds(30);

    private static final long FIRST_POLL_NANOS = 500_000;
    private static final long LAST_POLL_NANOS = 20_000_000;

    private final ProcessIdentity identity;
    private final Optional<Process> child;
    private final ProcFs procFs;
    private final QemuLog log;

    private QemuProcess(ProcessIdentity identity, Optional<Process> child, ProcFs procFs, QemuLog log) {
        this.identity = identity;
        this.child = child;
        this.procFs = procFs;
        this.log = log;
    }

    static QemuProcess child(Process child, ProcFs procFs, QemuLog log) {
        // The child cannot vanish from /proc before it is awaited, but the JDK's own thread may have awaited it.
        ProcessIdentity identity = procFs.stat(child.pid())
                .map(stat -> new ProcessIdentity(child.pid(), stat.startTicks(), procFs.bootId()))
                .orElseGet(() -> new ProcessIdentity(child.pid(), 0, procFs.bootId()));
        return new QemuProcess(identity, Optional.of(child), procFs, log);
    }

    static QemuProcess adopted(ProcessIdentity identity, ProcFs procFs, QemuLog log) {
        return new QemuProcess(identity, Optional.empty(), procFs, log);
    }

    /**
     * Who it is, for a guest's status file.
     *
     * @return its identity
     */
    public ProcessIdentity identity() {
        return identity;
    }

    /**
     * Its pid.
     *
     * @return the pid; belongs to it only while it {@linkplain #isAlive is alive}
     */
    public long pid() {
        return identity.pid();
    }

    /**
     * Its log.
     *
     * @return the log
     */
    public QemuLog log() {
        return log;
    }

    /**
     * Whether it runs.
     *
     * @return false once it has ended
     */
    public boolean isAlive() {
        return child.map(Process::isAlive).orElseGet(() -> procFs.isAlive(identity));
    }

    /**
     * How it ended.
     *
     * @return its exit status, 128 plus the signal's number if a signal ended it; empty while it runs, and
     *         of one that is not our child
     */
    public OptionalInt exitStatus() {
        return child.isPresent() && !child.get().isAlive()
                ? OptionalInt.of(child.get().exitValue())
                : OptionalInt.empty();
    }

    /**
     * The CPU time it has used, all its threads together.
     *
     * @return in nanoseconds; empty once it has ended
     */
    public OptionalLong cpuNanos() {
        return own(procFs.stat(pid())).map(stat -> OptionalLong.of(stat.cpuNanos())).orElse(OptionalLong.empty());
    }

    /**
     * Whether it has root's rights over the host.
     *
     * @return false also once it has ended
     */
    public boolean ownedByRoot() {
        return procFs.userId(pid()).orElse(-1) == 0;
    }

    /**
     * How it stands.
     *
     * @return from its {@code stat} file; empty once it has ended
     */
    public Optional<ProcStat> stat() {
        return own(procFs.stat(pid()));
    }

    private Optional<ProcStat> own(Optional<ProcStat> stat) {
        return stat.filter(one -> one.startTicks() == identity.startTicks() && !one.ended());
    }

    /**
     * The CPU time one of its threads has used.
     *
     * @param threadId the thread, as {@code query-cpus-fast} names it for a vCPU
     * @return in nanoseconds; empty if there is no such thread
     */
    public OptionalLong threadCpuNanos(long threadId) {
        return isAlive()
                ? procFs.threadStat(pid(), threadId).map(stat -> OptionalLong.of(stat.cpuNanos()))
                        .orElse(OptionalLong.empty())
                : OptionalLong.empty();
    }

    /**
     * The memory of the host that it takes up.
     *
     * @return in bytes; empty once it has ended
     */
    public OptionalLong residentBytes() {
        return isAlive() ? procFs.residentBytes(pid()) : OptionalLong.empty();
    }

    /**
     * Waits until it has ended. For a child that is known at once; for another one it is looked at after
     * half a millisecond, and then less and less often, at least every 20 ms.
     *
     * @param timeout how long to wait at most
     * @return true if it has ended, false if the time is over
     */
    public boolean awaitEnd(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean interrupted = false;
        try {
            long pause = FIRST_POLL_NANOS;
            while (isAlive()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    if (child.isPresent()) {
                        child.get().waitFor(left, TimeUnit.NANOSECONDS);
                    } else {
                        TimeUnit.NANOSECONDS.sleep(Math.min(pause, left));
                        pause = Math.min(pause * 2, LAST_POLL_NANOS);
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How a process was made to end. */
    public enum Ending {
        /** It had ended before. */
        BY_ITSELF,
        /** By SIGTERM, within the grace. */
        TERMINATED,
        /** By SIGKILL. */
        KILLED
    }

    /**
     * Ends it: SIGTERM, and if that does not help in time, SIGKILL. Returns when it is gone.
     *
     * @param grace how long it may take after SIGTERM; zero for SIGKILL at once
     * @return what ended it
     * @throws VirtException 38/0 if it is there even after SIGKILL
     */
    public Ending terminate(Duration grace) {
        if (!isAlive()) {
            return Ending.BY_ITSELF;
        }
        if (grace.isPositive()) {
            signal(false);
            if (awaitEnd(grace)) {
                return Ending.TERMINATED;
            }
        }
        signal(true);
        if (awaitEnd(KILL_GRACE)) {
            return Ending.KILLED;
        }
        throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.NONE,
                "Failed to terminate process " + pid() + " with SIGKILL: Device or resource busy");
    }

    /**
     * Asks it to end with SIGTERM, and leaves it alone if it does not.
     *
     * @param grace how long it may take
     * @return true if it is gone
     */
    public boolean terminateGently(Duration grace) {
        if (isAlive()) {
            signal(false);
        }
        return awaitEnd(grace);
    }

    private void signal(boolean kill) {
        // The handle remembers when its process started and signals no later one of the same pid; so it
        // is taken first and compared with what we know after that.
        ProcessHandle.of(pid()).ifPresent(handle -> {
            if (!isAlive()) {
                return;
            }
            if (kill) {
                handle.destroyForcibly();
            } else {
                handle.destroy();
            }
        });
    }

    @Override
    public String toString() {
        return "QEMU " + pid();
    }
}

package dev.godwit.driver.qemu.process;

/**
 * How a process or a thread stands, from its {@code stat} file (proc(5)).
 *
 * @param pid         its pid, or thread id
 * @param command     the first 15 bytes of its name
 * @param state       {@code R} running, {@code S} sleeping, {@code D} waiting for a device, {@code Z} ended
 *                    and not yet awaited by its parent, …
 * @param parent      its parent's pid
 * @param session     its session
 * @param userTicks   time spent in its own code, in clock ticks
 * @param systemTicks time spent in the kernel for it, in clock ticks
 * @param startTicks  when it started, in clock ticks since the boot
 */
public record ProcStat(long pid, String command, char state, long parent, long session, long userTicks,
        long systemTicks, long startTicks) {

    /** Nanoseconds of a clock tick: {@code /proc} counts in hundredths of a second on every architecture we run on. */
    private static final long NANOS_PER_TICK = 10_000_000;

    /**
     * Reads the line.
     *
     * @param line the content of a {@code stat} file
     * @return what it says
     * @throws IllegalArgumentException if it is something else
     */
    static ProcStat parse(String line) {
        // The name stands in parentheses and may hold blanks and parentheses itself.
        int open = line.indexOf('(');
        int close = line.lastIndexOf(')');
        if (open < 0 || close < open) {
            throw new IllegalArgumentException("This is not the line of a stat file: " + line);
        }
        String[] rest = line.substring(close + 1).strip().split(" ");
        if (rest.length < 20) {
            throw new IllegalArgumentException("This line of a stat file is too short: " + line);
        }
        return new ProcStat(
                Long.parseLong(line.substring(0, open).strip()),
                line.substring(open + 1, close),
                rest[0].charAt(0),
                Long.parseLong(rest[1]),
                Long.parseLong(rest[3]),
                Long.parseLong(rest[11]),
                Long.parseLong(rest[12]),
                Long.parseLong(rest[19]));
    }

    /**
     * Whether it has ended and only its exit status is left.
     *
     * @return true for a zombie
     */
    public boolean ended() {
        return state == 'Z' || state == 'X';
    }

    /**
     * The CPU time it has used.
     *
     * @return in nanoseconds, in steps of 10 ms
     */
    public long cpuNanos() {
        return (userTicks + systemTicks) * NANOS_PER_TICK;
    }

    /**
     * The part of it spent in its own code.
     *
     * @return in nanoseconds, in steps of 10 ms
     */
    public long userNanos() {
        return userTicks * NANOS_PER_TICK;
    }

    /**
     * The part of it spent in the kernel.
     *
     * @return in nanoseconds, in steps of 10 ms
     */
    public long systemNanos() {
        return systemTicks * NANOS_PER_TICK;
    }
}

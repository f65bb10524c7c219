package dev.godwit.cli.migration;

import dev.godwit.cli.text.Amount;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How far a migration has come, as one line. */
final class ProgressText {

    private static final long DEFAULT_PAGE_BYTES = 4096;

    private ProgressText() {}

    /**
     * How much of the data is over there.
     *
     * @param stats the figures
     * @return 0 to 99.99: it is not over before its host says so
     */
    static double percent(JobStats stats) {
        double total = stats.orZero(JobField.DATA_TOTAL);
        long remaining = stats.orZero(JobField.DATA_REMAINING);
        if (total == 0) {
            return 0;
        }
        return Math.min(99.99, Math.floor(Math.max(0, 10_000 - remaining * 10_000.0 / total)) / 100);
    }

    /**
     * The line.
     *
     * @param head      what goes where
     * @param stats     the figures; those that are not known are left out
     * @param cancelled whether it is being cancelled
     */
    static String of(String head, JobStats stats, boolean cancelled) {
        List<String> parts = new ArrayList<>();
        if (stats.orZero(JobField.DATA_TOTAL) == 0) {
            parts.add("starting");
        } else {
            long speed = stats.orZero(JobField.MEMORY_BPS) + stats.orZero(JobField.DISK_BPS);
            long dirtied = dirtied(stats);
            if (speed > 0) {
                parts.add(end(stats.orZero(JobField.DATA_REMAINING), speed, dirtied));
            }
            parts.add(Amount.brief(stats.orZero(JobField.DATA_PROCESSED)) + " sent");
            parts.add(Amount.brief(stats.orZero(JobField.DATA_REMAINING)) + " left");
            if (speed > 0) {
                parts.add(Amount.brief(speed) + "/s");
            }
            if (dirtied > 0) {
                parts.add("dirtied " + Amount.brief(dirtied) + "/s");
            }
            if (stats.orZero(JobField.MEMORY_ITERATION) > 0) {
                parts.add("pass " + stats.orZero(JobField.MEMORY_ITERATION));
            }
        }
        return head + String.format(Locale.ROOT, " %3.0f %%  ", Math.floor(percent(stats)))
                + String.join(", ", parts) + (cancelled ? ", cancelling" : "");
    }

    private static long dirtied(JobStats stats) {
        return stats.orZero(JobField.MEMORY_DIRTY_RATE)
                * stats.get(JobField.MEMORY_PAGE_SIZE).orElse(DEFAULT_PAGE_BYTES);
    }

    /** When it will be done if guest and link go on as they do. */
    private static String end(long remaining, long speed, long dirtied) {
        return dirtied >= speed
                ? "no end in sight at this rate"
                : "done in " + Amount.time(remaining * 1000 / (speed - dirtied));
    }
}

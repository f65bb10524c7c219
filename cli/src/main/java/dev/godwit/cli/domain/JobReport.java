package dev.godwit.cli.domain;

import dev.godwit.cli.text.Amount;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import java.util.Optional;
import java.util.OptionalLong;

/** A job's figures as {@code domjobinfo} prints them, line by line where a figure is known. */
final class JobReport {

    private final JobStats stats;
    private final StringBuilder text = new StringBuilder();

    private JobReport(JobStats stats) {
        this.stats = stats;
    }

    /**
     * The report.
     *
     * @param stats     the figures
     * @param completed whether a job that has ended was asked for
     * @param always    figures whatever became of the job
     */
    static String text(JobStats stats, boolean completed, boolean always) {
        JobReport report = new JobReport(stats);
        report.line("Job type:", padded(type(stats.type())));
        if (stats.type() != JobType.NONE) {
            report.line("Operation:", padded(operation(stats.orZero(JobField.OPERATION))));
            if (always || stats.type() == JobType.BOUNDED || stats.type() == JobType.UNBOUNDED
                    || completed && stats.type() == JobType.COMPLETED) {
                report.figures();
            }
        }
        return report.text.toString();
    }

    static String type(JobType type) {
        return switch (type) {
            case NONE -> "None";
            case BOUNDED -> "Bounded";
            case UNBOUNDED -> "Unbounded";
            case COMPLETED -> "Completed";
            case FAILED -> "Failed";
            case CANCELLED -> "Cancelled";
        };
    }

    static String operation(long number) {
        JobOperation[] all = JobOperation.values();
        return switch (number >= 0 && number < all.length ? all[(int) number] : JobOperation.UNKNOWN) {
            case UNKNOWN -> "Unknown";
            case START -> "Start";
            case SAVE -> "Save";
            case RESTORE -> "Restore";
            case MIGRATION_IN -> "Incoming migration";
            case MIGRATION_OUT -> "Outgoing migration";
            case SNAPSHOT -> "Snapshot";
            case SNAPSHOT_REVERT -> "Snapshot revert";
            case DUMP -> "Dump";
            case BACKUP -> "Backup";
            case SNAPSHOT_DELETE -> "Snapshot delete";
        };
    }

    private void figures() {
        number("Time elapsed:", Optional.of(stats.orZero(JobField.TIME_ELAPSED)), " ms");
        number("Time elapsed w/o network:", known(JobField.TIME_ELAPSED_NET), " ms");
        amounts("Data", JobField.DATA_PROCESSED, JobField.DATA_REMAINING, JobField.DATA_TOTAL);
        if (amounts("Memory", JobField.MEMORY_PROCESSED, JobField.MEMORY_REMAINING, JobField.MEMORY_TOTAL)) {
            rate("Memory bandwidth:", JobField.MEMORY_BPS);
            number("Dirty rate:", known(JobField.MEMORY_DIRTY_RATE), " pages/s");
            number("Page size:", known(JobField.MEMORY_PAGE_SIZE), " bytes");
            number("Iteration:", known(JobField.MEMORY_ITERATION), "");
            number("Postcopy requests:", known(JobField.MEMORY_POSTCOPY_REQUESTS), "");
        }
        if (amounts("File", JobField.DISK_PROCESSED, JobField.DISK_REMAINING, JobField.DISK_TOTAL)) {
            rate("File bandwidth:", JobField.DISK_BPS);
        }
        number("Constant pages:", known(JobField.MEMORY_CONSTANT), "");
        number("Normal pages:", known(JobField.MEMORY_NORMAL), "");
        amount("Normal data:", JobField.MEMORY_NORMAL_BYTES);
        number(stats.type() == JobType.COMPLETED ? "Total downtime:" : "Expected downtime:",
                known(JobField.DOWNTIME), " ms");
        number("Downtime w/o network:", known(JobField.DOWNTIME_NET), " ms");
        number("Setup time:", known(JobField.SETUP_TIME), " ms");
        amount("Compression cache:", JobField.COMPRESSION_CACHE);
        amount("Compressed data:", JobField.COMPRESSION_BYTES);
        wide("Compressed pages:", JobField.COMPRESSION_PAGES);
        wide("Compression cache misses:", JobField.COMPRESSION_CACHE_MISSES);
        wide("Compression overflows:", JobField.COMPRESSION_OVERFLOW);
        wide("Auto converge throttle:", JobField.AUTO_CONVERGE_THROTTLE);
    }

    private Optional<Long> known(JobField field) {
        OptionalLong value = stats.get(field);
        return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
    }

    private boolean amounts(String what, JobField processed, JobField remaining, JobField total) {
        if (stats.orZero(processed) == 0 && stats.orZero(remaining) == 0 && stats.orZero(total) == 0) {
            return false;
        }
        line(what + " processed:", Amount.exact(stats.orZero(processed)));
        line(what + " remaining:", Amount.exact(stats.orZero(remaining)));
        line(what + " total:", Amount.exact(stats.orZero(total)));
        return true;
    }

    private void amount(String name, JobField field) {
        known(field).ifPresent(value -> line(name, Amount.exact(value)));
    }

    private void rate(String name, JobField field) {
        known(field).filter(value -> value != 0).ifPresent(value -> line(name, Amount.exact(value) + "/s"));
    }

    private void number(String name, Optional<Long> value, String unit) {
        value.ifPresent(known -> line(name, padded(Long.toUnsignedString(known)) + unit));
    }

    private void wide(String name, JobField field) {
        known(field).ifPresent(value -> line(name, padded(Long.toUnsignedString(value)) + " "));
    }

    private static String padded(String value) {
        return value + " ".repeat(Math.max(0, 12 - value.length()));
    }

    private void line(String name, String value) {
        text.append(name).append(" ".repeat(Math.max(0, 17 - name.length()))).append(' ').append(value).append('\n');
    }
}

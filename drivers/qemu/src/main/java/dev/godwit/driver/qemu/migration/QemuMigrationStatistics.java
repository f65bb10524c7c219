package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.qmp.MigrationInfo;
import dev.godwit.xml.Element;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The figures of a migration and when they were taken, as the two hosts hand them to each other. The
 * destination has the last word on the downtime: only it knows when the guest ran again.
 *
 * @param started when the job began at the source, by the source's clock
 * @param stopped when the guest was stopped; empty while it runs
 * @param sent    when the source made its cookie; empty before
 * @param delta   the destination's clock at receipt less {@code sent}, in milliseconds: the difference of the
 *                clocks and the cookie's way together. Empty where nobody said it
 * @param figures the figures, without those that follow from the times
 */
record QemuMigrationStatistics(
        Instant started, Optional<Instant> stopped, Optional<Instant> sent, OptionalLong delta, JobStats figures) {

    /** What follows from other fields, and is not said in a cookie. */
    private static final Set<JobField> NOT_IN_COOKIE = EnumSet.of(JobField.OPERATION, JobField.TIME_ELAPSED_NET,
            JobField.DOWNTIME_NET, JobField.DATA_TOTAL, JobField.DATA_PROCESSED, JobField.DATA_REMAINING,
            JobField.VFIO_DATA_TRANSFERRED);

    private static final double BYTES_IN_MEGABIT = 1_000_000 / 8.0;

    /** A job that has just begun. */
    static QemuMigrationStatistics begun(Instant now, JobOperation operation) {
        return new QemuMigrationStatistics(now, Optional.empty(), Optional.empty(), OptionalLong.empty(),
                new JobStats(JobType.UNBOUNDED, Map.of(JobField.OPERATION, (long) operation.ordinal())));
    }

    QemuMigrationStatistics stopped(Instant when) {
        return new QemuMigrationStatistics(started, Optional.of(when), sent, delta, figures);
    }

    QemuMigrationStatistics sent(Instant when) {
        return new QemuMigrationStatistics(started, stopped, Optional.of(when), delta, figures);
    }

    private QemuMigrationStatistics with(JobStats newFigures) {
        return new QemuMigrationStatistics(started, stopped, sent, delta, newFigures);
    }

    QemuMigrationStatistics with(JobField field, long value) {
        return with(figures.with(field, value));
    }

    /** With what QEMU says now; while it runs, QEMU's expected downtime stands for the downtime. */
    QemuMigrationStatistics with(MigrationInfo info) {
        EnumMap<JobField, Long> values = new EnumMap<>(JobField.class);
        values.put(JobField.OPERATION, figures.orZero(JobField.OPERATION));
        (info.downtime().isPresent() ? info.downtime() : info.expectedDowntime())
                .ifPresent(v -> values.put(JobField.DOWNTIME, v));
        info.setupTime().ifPresent(v -> values.put(JobField.SETUP_TIME, v));
        info.ram().ifPresent(ram -> {
            values.put(JobField.MEMORY_TOTAL, ram.total());
            values.put(JobField.MEMORY_PROCESSED, ram.transferred());
            values.put(JobField.MEMORY_REMAINING, ram.remaining());
            values.put(JobField.MEMORY_BPS, (long) (ram.mbps() * BYTES_IN_MEGABIT));
            values.put(JobField.MEMORY_CONSTANT, ram.duplicate());
            values.put(JobField.MEMORY_NORMAL, ram.normal());
            values.put(JobField.MEMORY_NORMAL_BYTES, ram.normalBytes());
            values.put(JobField.MEMORY_DIRTY_RATE, ram.dirtyPagesRate());
            values.put(JobField.MEMORY_ITERATION, ram.dirtySyncCount());
            values.put(JobField.MEMORY_POSTCOPY_REQUESTS, ram.postcopyRequests());
            values.put(JobField.MEMORY_PAGE_SIZE, ram.pageSize());
        });
        values.put(JobField.DISK_TOTAL, info.disk().map(MigrationInfo.Transfer::total).orElse(0L));
        values.put(JobField.DISK_PROCESSED, info.disk().map(MigrationInfo.Transfer::transferred).orElse(0L));
        values.put(JobField.DISK_REMAINING, info.disk().map(MigrationInfo.Transfer::remaining).orElse(0L));
        values.put(JobField.DISK_BPS, 0L);
        info.xbzrleCache().ifPresent(cache -> {
            values.put(JobField.COMPRESSION_CACHE, cache.cacheSize());
            values.put(JobField.COMPRESSION_BYTES, cache.bytes());
            values.put(JobField.COMPRESSION_PAGES, cache.pages());
            values.put(JobField.COMPRESSION_CACHE_MISSES, cache.cacheMiss());
            values.put(JobField.COMPRESSION_OVERFLOW, cache.overflow());
        });
        values.put(JobField.AUTO_CONVERGE_THROTTLE, info.cpuThrottlePercentage().orElse(0));
        info.vfio().ifPresent(v -> values.put(JobField.VFIO_DATA_TRANSFERRED, v));
        return with(new JobStats(figures.type(), values));
    }

    /** With the time that has passed by this host's clock. */
    QemuMigrationStatistics elapsed(Instant now) {
        return now.isBefore(started) ? this : with(JobField.TIME_ELAPSED, millis(started, now));
    }

    /** With the downtime up to now, when the guest was stopped. */
    QemuMigrationStatistics down(Instant now) {
        return stopped.isEmpty() || now.isBefore(stopped.get())
                ? this
                : with(JobField.DOWNTIME, millis(stopped.get(), now));
    }

    /** With the difference of the clocks, as the destination sees it when the cookie has come. */
    QemuMigrationStatistics received(Instant now) {
        return sent.isEmpty()
                ? this
                : new QemuMigrationStatistics(started, stopped, sent,
                        OptionalLong.of(now.toEpochMilli() - sent.get().toEpochMilli()), figures);
    }

    /** At the source: with what the destination found out at the end. */
    QemuMigrationStatistics confirmed(QemuMigrationStatistics byDestination) {
        QemuMigrationStatistics more =
                new QemuMigrationStatistics(started, stopped, sent, byDestination.delta, figures);
        OptionalLong downtime = byDestination.figures.get(JobField.DOWNTIME);
        return downtime.isPresent() ? more.with(JobField.DOWNTIME, downtime.getAsLong()) : more;
    }

    /** The figures as a user asks for them. */
    JobStats stats(JobType type) {
        JobStats stats = figures.as(type);
        for (JobField sum : new JobField[] {JobField.DATA_TOTAL, JobField.DATA_PROCESSED, JobField.DATA_REMAINING}) {
            String part = sum.wireName().substring("data".length());
            stats = stats.with(sum, stats.orZero(JobField.named("memory" + part).orElseThrow())
                    + stats.orZero(JobField.named("disk" + part).orElseThrow()));
        }
        stats = net(stats, JobField.TIME_ELAPSED, JobField.TIME_ELAPSED_NET);
        return net(stats, JobField.DOWNTIME, JobField.DOWNTIME_NET);
    }

    private JobStats net(JobStats stats, JobField gross, JobField net) {
        OptionalLong value = stats.get(gross);
        long difference = Math.abs(delta.orElse(0));
        return delta.isPresent() && difference >= 0 && value.isPresent() && value.getAsLong() > difference
                ? stats.with(net, value.getAsLong() - difference)
                : stats;
    }

    /** The element {@code statistics} of a cookie. */
    Element print() {
        Element element = Element.of("statistics")
                .with(number("started", started.toEpochMilli()))
                .with(number("stopped", stopped.map(Instant::toEpochMilli).orElse(0L)))
                .with(number("sent", sent.map(Instant::toEpochMilli).orElse(0L)));
        if (delta.isPresent()) {
            element = element.with(number("delta", delta.getAsLong()));
        }
        for (Map.Entry<JobField, Long> figure : figures.values().entrySet()) {
            if (!NOT_IN_COOKIE.contains(figure.getKey())) {
                element = element.with(Element.text(figure.getKey().wireName(),
                        Long.toUnsignedString(figure.getValue())));
            }
        }
        return element;
    }

    /**
     * Reads the element {@code statistics} of a cookie.
     *
     * @throws VirtException if a number in it is none
     */
    static QemuMigrationStatistics read(Element element) {
        EnumMap<JobField, Long> values = new EnumMap<>(JobField.class);
        for (JobField field : JobField.values()) {
            if (!NOT_IN_COOKIE.contains(field)) {
                number(element, field.wireName(), false).ifPresent(value -> values.put(field, value));
            }
        }
        return new QemuMigrationStatistics(
                time(element, "started").orElse(Instant.EPOCH),
                time(element, "stopped"),
                time(element, "sent"),
                number(element, "delta", true),
                new JobStats(JobType.UNBOUNDED, values));
    }

    /** The same figures of another operation. */
    QemuMigrationStatistics as(JobOperation operation) {
        return with(JobField.OPERATION, operation.ordinal());
    }

    private static Optional<Instant> time(Element element, String child) {
        OptionalLong millis = number(element, child, false);
        return millis.isPresent() && millis.getAsLong() > 0
                ? Optional.of(Instant.ofEpochMilli(millis.getAsLong()))
                : Optional.empty();
    }

    private static OptionalLong number(Element element, String child, boolean signed) {
        Optional<String> text = element.childText(child);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(signed
                    ? Long.parseLong(text.get().strip())
                    : Long.parseUnsignedLong(text.get().strip()));
        } catch (NumberFormatException e) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                    "malformed " + child + " element in migration data");
        }
    }

    private static Element number(String name, long value) {
        return Element.text(name, Long.toString(value));
    }

    private static long millis(Instant from, Instant to) {
        return to.toEpochMilli() - from.toEpochMilli();
    }
}

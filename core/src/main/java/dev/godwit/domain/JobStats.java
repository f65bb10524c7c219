package dev.godwit.domain;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How far a guest's job has come.
 *
 * @param type   what the job is doing; {@link JobType#NONE} when there is none
 * @param values the figures that are known, in wire order; unmodifiable
 */
public record JobStats(JobType type, Map<JobField, Long> values) {

    /** No job, no figures. */
    public static final JobStats NONE = new JobStats(JobType.NONE, Map.of());

    public JobStats {
        EnumMap<JobField, Long> copy = new EnumMap<>(JobField.class);
        copy.putAll(values);
        values = Collections.unmodifiableMap(copy);
    }

    /** A figure, where known. */
    public OptionalLong get(JobField field) {
        Long value = values.get(field);
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }

    /** A figure, or 0 where it is not known. */
    public long orZero(JobField field) {
        return get(field).orElse(0);
    }

    /**
     * The same figures with one more, or one replaced.
     *
     * @param field which
     * @param value in the field's unit
     * @return a copy
     */
    public JobStats with(JobField field, long value) {
        EnumMap<JobField, Long> copy = new EnumMap<>(JobField.class);
        copy.putAll(values);
        copy.put(field, value);
        return new JobStats(type, copy);
    }

    /** The same figures of a job in another state. */
    public JobStats as(JobType other) {
        return new JobStats(other, values);
    }
}

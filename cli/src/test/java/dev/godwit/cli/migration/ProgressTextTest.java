package dev.godwit.cli.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTextTest {

    private static JobStats stats(Object... pairs) {
        Map<JobField, Long> values = new EnumMap<>(JobField.class);
        for (int i = 0; i < pairs.length; i += 2) {
            values.put((JobField) pairs[i], ((Number) pairs[i + 1]).longValue());
        }
        return new JobStats(JobType.UNBOUNDED, values);
    }

    @Test
    void saysHowFarItIsAndWhenItWillBeDone() {
        JobStats stats = stats(JobField.DATA_TOTAL, 1000L << 20, JobField.DATA_PROCESSED, 400L << 20,
                JobField.DATA_REMAINING, 600L << 20, JobField.MEMORY_BPS, 110L << 20,
                JobField.MEMORY_DIRTY_RATE, 2560, JobField.MEMORY_PAGE_SIZE, 4096, JobField.MEMORY_ITERATION, 2);
        assertThat(ProgressText.of("web1 → kvm7", stats, false)).isEqualTo("web1 → kvm7  40 %  done in 6.0 s,"
                + " 400.0 MiB sent, 600.0 MiB left, 110.0 MiB/s, dirtied 10.0 MiB/s, pass 2");
    }

    @Test
    void aGuestThatWritesFasterThanTheLinkHasNoEnd() {
        JobStats stats = stats(JobField.DATA_TOTAL, 1000, JobField.DATA_REMAINING, 10, JobField.MEMORY_BPS, 4096,
                JobField.MEMORY_DIRTY_RATE, 1);
        assertThat(ProgressText.of("a", stats, true)).contains("99 %  no end in sight").endsWith(", cancelling");
    }

    @Test
    void beforeAnythingIsKnownItStarts() {
        assertThat(ProgressText.of("a", JobStats.NONE, false)).isEqualTo("a   0 %  starting");
    }

    @Test
    void itIsNotOverBeforeItsHostSaysSo() {
        assertThat(ProgressText.percent(stats(JobField.DATA_TOTAL, 1000, JobField.DATA_REMAINING, 0))).isEqualTo(99.99);
        assertThat(ProgressText.percent(stats(JobField.DATA_TOTAL, 3, JobField.DATA_REMAINING, 2))).isEqualTo(33.33);
        assertThat(ProgressText.percent(stats(JobField.DATA_TOTAL, 1000, JobField.DATA_REMAINING, 5000))).isZero();
        assertThat(ProgressText.percent(JobStats.NONE)).isZero();
    }
}

package dev.godwit.driver.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What both sides of a migration must do, whatever the hypervisor. Each subject has a file: {@link ArrivalContract},
 * {@link RefusalContract}, {@link CancelContract}, {@link LossContract}; this one, which a driver's test extends, is their sum.
 */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
public abstract class MigrationContract extends LossContract {

    /** For subclasses. */
    protected MigrationContract() {}

    @Test
    void limitsAreRememberedAndRead() {
        DomainRef guest = create(a);

        assertThat(a.jobs().maxDowntimeMillis(guest)).isEqualTo(300);
        assertThat(a.jobs().maxSpeedMiB(guest, false)).isEqualTo(8796093022207L);
        a.jobs().maxDowntimeMillis(guest, 77);
        a.jobs().maxSpeedMiB(guest, 12, false);
        a.jobs().compressionCacheBytes(guest, 1 << 20);

        assertThat(a.jobs().maxDowntimeMillis(guest)).isEqualTo(77);
        assertThat(a.jobs().maxSpeedMiB(guest, false)).isEqualTo(12);
        assertThat(a.jobs().compressionCacheBytes(guest)).isEqualTo(1 << 20);
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> a.jobs().maxSpeedMiB(guest, 8796093022208L, false))
                .satisfies(error -> assertThat(error.is(ErrorCode.OVERFLOW)).isTrue());
    }
}

package dev.godwit.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HangUpTest {

    @Test
    void theSignalRunsTheAction() throws Exception {
        CountDownLatch twice = new CountDownLatch(2);
        HangUp.then(twice::countDown);

        for (long left = 2; left > 0; left--) {
            new ProcessBuilder("kill", "-HUP", Long.toString(ProcessHandle.current().pid())).start().waitFor();
            while (twice.getCount() >= left && !twice.await(10, TimeUnit.MILLISECONDS)) {
                assertThat(Thread.currentThread().isInterrupted()).isFalse();
            }
        }
        assertThat(twice.getCount()).isZero();
    }
}

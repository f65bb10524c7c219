package dev.godwit.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HangUpTest {

    @Test
    void theSignalRunsTheAction() throws Exception {
        assumeFalse(isIgnored(), "SIGHUP is ignored here, as under nohup, and a JVM leaves it so.");
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

    /** By the mask in {@code /proc/self/status} (proc(5)), of which the lowest bit is the first signal. */
    private static boolean isIgnored() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("SigIgn:"))
                    .anyMatch(line -> (Long.parseUnsignedLong(line.replaceAll(".*\\s", ""), 16) & 1) != 0);
        }
    }
}

package dev.godwit.driver.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.driver.qemu.capabilities.QemuProbe;
import dev.godwit.driver.qemu.process.Pidfile;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that is killed while it asks QEMU what it can do. */
@Tag("qemu")
@Timeout(120)
class QemuQuestionsLiveTest {

    private static final String QEMU = System.getProperty("godwit.test.qemu", "/usr/bin/qemu-system-x86_64");

    @TempDir
    Path runDir;

    @Test
    void theNextDaemonEndsWhatTheKilledOneWasAsking() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(QEMU)), "There is no " + QEMU + " here.");
        QemuLauncher launcher = QemuLauncher.usual(Map.of());
        Path folder = Files.createDirectory(runDir.resolve("probe-1234"));
        Path monitor = folder.resolve("tcg.sock");
        QemuProcess asked = launcher.start(QemuProbe.command(QEMU, "tcg", monitor.toString()),
                new QemuLog(folder.resolve("tcg.log"), Instant::now), "asking for capabilities");
        try {
            new Pidfile(folder.resolve("tcg.pid")).write(asked.identity());
            // It may not even listen yet.
            new QemuQuestions(launcher, runDir, Instant::now).cache();

            assertThat(asked.awaitEnd(Duration.ofSeconds(20))).isTrue();
            assertThat(folder).doesNotExist();
        } finally {
            asked.terminate(Duration.ZERO);
        }
    }
}

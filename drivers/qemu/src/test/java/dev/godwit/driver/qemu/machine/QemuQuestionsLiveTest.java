package dev.godwit.driver.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.driver.qemu.capabilities.QemuProbe;
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

/** Asking QEMU what it can do, when it does not go as it should. */
@Tag("qemu")
@Timeout(120)
class QemuQuestionsLiveTest {

    private static final String QEMU = System.getProperty("godwit.test.qemu", "/usr/bin/qemu-system-x86_64");

    @TempDir
    Path runDir;

    /** As one in some thousands does: it greets, and never reads what it is told. */
    @Test
    void anotherOneIsAskedWhereOneIsDeaf() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(QEMU)), "There is no " + QEMU + " here.");
        Path emulator = Files.writeString(runDir.resolve("emulator"), """
                #!/bin/sh
                mkdir "$0.deaf" 2>/dev/null || exec %s "$@"
                exec /usr/bin/python3 -c '
                import re, socket, sys, time
                server = socket.socket(socket.AF_UNIX)
                server.bind(re.search("path=([^,]*)", " ".join(sys.argv)).group(1))
                server.listen()
                client = server.accept()[0]
                client.send(b"{\\"QMP\\": {\\"version\\": {\\"qemu\\": {\\"micro\\": 2, \\"minor\\": 0, \\"major\\": 10}, \\"package\\": \\"\\"}, \\"capabilities\\": []}}\\n")
                time.sleep(60)
                ' "$@"
                """.formatted(QEMU));
        assertThat(emulator.toFile().setExecutable(true)).isTrue();

        QemuQuestions questions = new QemuQuestions(QemuLauncher.usual(Map.of()), runDir.resolve("run"), Instant::now);
        assertThat(questions.cache().of(emulator.toString()).version()).isPositive();
        assertThat(runDir.resolve("emulator.deaf")).as("the first one was deaf").isDirectory();
        assertThat(runDir.resolve("run")).isEmptyDirectory();
    }

    @Test
    void theNextDaemonEndsWhatTheKilledOneWasAsking() throws Exception {
        assumeTrue(Files.isExecutable(Path.of(QEMU)), "There is no " + QEMU + " here.");
        QemuLauncher launcher = QemuLauncher.usual(Map.of());
        Path folder = Files.createDirectory(runDir.resolve("probe-1234"));
        Path monitor = folder.resolve("tcg.sock");
        QemuProcess asked = launcher.start(QemuProbe.command(QEMU, "tcg", monitor.toString()),
                new QemuLog(folder.resolve("tcg.log"), Instant::now), "asking for capabilities");
        try {
            // It may not even listen yet, and nothing says what its pid is.
            new QemuQuestions(launcher, runDir, Instant::now).cache();

            assertThat(asked.awaitEnd(Duration.ofSeconds(20))).isTrue();
            assertThat(folder).doesNotExist();
        } finally {
            asked.terminate(Duration.ZERO);
        }
    }
}

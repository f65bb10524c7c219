package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuLogTest {

    @TempDir
    Path dir;

    private Path file;
    private QemuLog log;

    @BeforeEach
    void open() {
        file = dir.resolve("web1.log");
        log = new QemuLog(file, () -> Instant.parse("2026-11-23T10:00:00.5Z"));
    }

    private void begin() {
        log.begin("starting up", Map.of("LC_ALL", "C"),
                List.of("/usr/bin/qemu", "-name", "guest=it's", "-S", "-m", "64"));
    }

    private void qemuPrints(String text) throws Exception {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    @Test
    void beginsWithTheTimeAndACommandLineForAShell() throws Exception {
        begin();
        assertThat(file).hasContent("""
                2026-11-23 10:00:00.500+0000: starting up
                LC_ALL=C \\
                /usr/bin/qemu \\
                -name 'guest=it'\\''s' \\
                -S \\
                -m 64
                """);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
    }

    @Test
    void tellsTheLastWordsOfThisStartOnly() throws Exception {
        begin();
        qemuPrints("qemu: of the last start\n");
        begin();
        assertThat(log.tail()).isEmpty();
        qemuPrints("char device redirected to /dev/pts/3 (label charserial0)\n\nqemu: -m 64: too little\n");
        log.note("shutting down, reason=failed");
        assertThat(log.tail()).contains("qemu: -m 64: too little");
    }

    @Test
    void cutsLongWordsAtALine() throws Exception {
        begin();
        for (int i = 0; i < 100; i++) {
            qemuPrints("qemu: line %04d of a long story\n".formatted(i));
        }
        assertThat(log.tail().orElseThrow()).hasSizeBetween(900, 1024)
                .startsWith("qemu: line 00").endsWith("qemu: line 0099 of a long story");
    }

    @Test
    void aLogOfAnotherDaemonHasLastWordsToo() throws Exception {
        begin();
        qemuPrints("qemu: it hurts\n");
        assertThat(new QemuLog(file, Instant::now).tail().orElseThrow()).endsWith("qemu: it hurts");
        assertThat(new QemuLog(dir.resolve("none.log"), Instant::now).tail()).isEmpty();
    }

    @Test
    void putsALargeLogAside() throws Exception {
        for (int i = 0; i < 6; i++) {
            begin();
            qemuPrints("start " + i + "\n" + "x".repeat((int) QemuLog.ROTATE_BYTES) + "\n");
        }
        try (var files = Files.list(dir)) {
            assertThat(files.map(one -> one.getFileName().toString()))
                    .containsExactlyInAnyOrder("web1.log", "web1.log.0", "web1.log.1", "web1.log.2");
        }
        assertThat(Files.readString(dir.resolve("web1.log.2"))).contains("start 2\n");
        assertThat(Files.readString(file)).contains("start 5\n");
    }

    @Test
    void saysThatItCannotBeWritten() {
        var nowhere = new QemuLog(dir.resolve("no/such/folder.log"), Instant::now);
        assertThatThrownBy(() -> nowhere.begin("starting up", Map.of(), List.of("/bin/true")))
                .isInstanceOf(UncheckedIOException.class).hasMessageContaining("no/such/folder.log");
        nowhere.note("nobody hears this");
    }
}

package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidfileTest {

    @TempDir
    Path dir;

    @Test
    void isReadAsItWasWritten() throws Exception {
        var pidfile = new Pidfile(dir.resolve("web1.pid"));
        assertThat(pidfile.read()).isEmpty();
        pidfile.write(new ProcessIdentity(1, 2, "old"));
        var identity = new ProcessIdentity(4711, 552510, "5f0c2bd4-4a3e-4d43-8a3c-6c8d8a2d4a11");
        pidfile.write(identity);
        assertThat(pidfile.read()).contains(identity);
        assertThat(Files.readAllLines(dir.resolve("web1.pid")).getFirst()).isEqualTo("4711");
        try (var files = Files.list(dir)) {
            assertThat(files).hasSize(1);
        }
        pidfile.delete();
        pidfile.delete();
        assertThat(pidfile.read()).isEmpty();
    }

    @Test
    void somethingElseInItIsNoProcess() throws Exception {
        Files.writeString(dir.resolve("web1.pid"), "4711\n");
        assertThat(new Pidfile(dir.resolve("web1.pid")).read()).isEmpty();
        Files.writeString(dir.resolve("web1.pid"), "x\ny\nz\n");
        assertThat(new Pidfile(dir.resolve("web1.pid")).read()).isEmpty();
    }

    @Test
    void aSocketPathHasItsBound() {
        Path longest = Path.of("/" + "x".repeat(106));
        assertThat(UnixSocketPath.checked(longest, "run_dir")).isEqualTo(longest);
        Path tooLong = Path.of("/" + "\u00e4".repeat(54));
        assertThatThrownBy(() -> UnixSocketPath.checked(tooLong, "run_dir"))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.CONFIG_UNSUPPORTED)).isTrue())
                .hasMessageContaining(tooLong.toString()).hasMessageContaining("109 bytes")
                .hasMessageContaining("set run_dir");
    }
}

package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcFsTest {

    private static final String QEMU_LINE =
            "4711 (CPU 0/TCG) :-) S 1 4711 4711 0 -1 4194304 174 0 0 0 123 45 0 0 20 0 1 0 552510 2560000 347 1";

    @TempDir
    Path proc;

    private Path process(long pid) throws Exception {
        return Files.createDirectories(proc.resolve(Long.toString(pid)));
    }

    @Test
    void readsALineWhoseNameHasBlanksAndParentheses() {
        ProcStat stat = ProcStat.parse(QEMU_LINE);
        assertThat(stat).isEqualTo(new ProcStat(4711, "CPU 0/TCG) :-", 'S', 1, 4711, 123, 45, 552510));
        assertThat(stat.cpuNanos()).isEqualTo(1_680_000_000);
        assertThat(stat.userNanos()).isEqualTo(1_230_000_000);
        assertThat(stat.systemNanos()).isEqualTo(450_000_000);
        assertThat(stat.ended()).isFalse();
        assertThat(ProcStat.parse(QEMU_LINE.replace(") S ", ") Z ")).ended()).isTrue();
        assertThatThrownBy(() -> ProcStat.parse("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ProcStat.parse("1 (x) S 1")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void seesThisVeryProcess() {
        var procFs = new ProcFs();
        long me = ProcessHandle.current().pid();
        ProcessIdentity identity = procFs.identity(me).orElseThrow();
        assertThat(identity.bootId()).matches("[0-9a-f-]{36}");
        assertThat(procFs.isAlive(identity)).isTrue();
        assertThat(procFs.commandLine(me).orElseThrow().getFirst()).endsWith("java");
        assertThat(procFs.residentBytes(me).orElseThrow()).isGreaterThan(10 << 20);
        assertThat(procFs.stat(me).orElseThrow().cpuNanos()).isPositive();
        assertThat(procFs.threadStat(me, me)).isPresent();
        assertThat(procFs.threadStat(me, 1)).isEmpty();
        assertThat(procFs.findByArgument(procFs.commandLine(me).orElseThrow().getLast())).contains(identity);
    }

    @Test
    void aPidThatIsUsedAgainIsAnotherProcess() throws Exception {
        Files.writeString(process(4711).resolve("stat"), QEMU_LINE);
        var procFs = new ProcFs(proc);
        assertThat(procFs.isAlive(new ProcessIdentity(4711, 552510, ""))).isTrue();
        assertThat(procFs.isAlive(new ProcessIdentity(4711, 552509, ""))).isFalse();
        assertThat(procFs.isAlive(new ProcessIdentity(4712, 552510, ""))).isFalse();
    }

    @Test
    void aZombieHasEnded() throws Exception {
        Files.writeString(process(4711).resolve("stat"), QEMU_LINE.replace(") S ", ") Z "));
        Files.writeString(process(4711).resolve("cmdline"), "");
        var procFs = new ProcFs(proc);
        assertThat(procFs.isAlive(new ProcessIdentity(4711, 552510, ""))).isFalse();
        assertThat(procFs.identity(4711)).isEmpty();
        assertThat(procFs.commandLine(4711)).contains(List.of());
        assertThat(procFs.residentBytes(4711)).isEmpty();
    }

    @Test
    void findsAProcessByOneOfItsArguments() throws Exception {
        Files.writeString(process(4711).resolve("stat"), QEMU_LINE);
        Files.writeString(process(4711).resolve("cmdline"), "/usr/bin/qemu\0-uuid\0a-b-c\0-append\0\0");
        Files.writeString(process(12).resolve("stat"), QEMU_LINE.replace("4711 (", "12 ("));
        Files.writeString(process(12).resolve("cmdline"), "/bin/sh\0-c\0x\0");
        Files.createDirectories(proc.resolve("sys"));
        var procFs = new ProcFs(proc);
        assertThat(procFs.commandLine(4711)).contains(List.of("/usr/bin/qemu", "-uuid", "a-b-c", "-append", ""));
        assertThat(procFs.findByArgument("a-b-c")).extracting(ProcessIdentity::pid).containsExactly(4711L);
        assertThat(procFs.findByArgument("nobody")).isEmpty();
    }
}

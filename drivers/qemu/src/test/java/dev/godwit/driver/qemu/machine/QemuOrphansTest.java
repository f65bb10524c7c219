package dev.godwit.driver.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.process.ProcFs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose folders go when a daemon comes back, and whose stay. */
class QemuOrphansTest {

    @TempDir
    Path runDir;

    private QemuPlace run(int id) throws IOException {
        QemuPlace place = QemuPlace.of(runDir, "web" + id, id);
        place.make();
        Files.writeString(place.folder().resolve("master-key"), "secret");
        return place;
    }

    private static void assertGone(QemuPlace place) {
        assertThat(place.folder()).doesNotExist();
        assertThat(place.channels()).doesNotExist();
    }

    private static void assertThere(QemuPlace place) {
        assertThat(place.folder().resolve("master-key")).exists();
        assertThat(place.channels()).exists();
    }

    @Test
    void onlyThoseOfRunsThatNobodyKnowsGo() throws Exception {
        QemuPlace known = run(3);
        QemuPlace orphan = run(4);
        QemuPlace halfRemoved = run(33);
        Files.delete(halfRemoved.folder().resolve("master-key"));
        Files.delete(halfRemoved.folder());
        Path others = Files.createDirectory(runDir.resolve("domain-backup"));
        Path questions = Files.createDirectory(runDir.resolve("questions-1"));

        QemuOrphans.remove(runDir, Set.of(3), new ProcFs());

        assertThere(known);
        assertGone(orphan);
        assertGone(halfRemoved);
        assertThat(others).exists();
        assertThat(questions).exists();
    }

    @Test
    void aProcessThatLivesKeepsWhatItHas() throws Exception {
        QemuPlace place = run(5);
        Process alive = new ProcessBuilder("sh", "-c", "read nothing", "unix:" + place.monitor() + ",server").start();
        try {
            QemuOrphans.remove(runDir, Set.of(), new ProcFs());
            assertThere(place);
        } finally {
            alive.destroyForcibly().waitFor();
        }
        QemuOrphans.remove(runDir, Set.of(), new ProcFs());
        assertGone(place);
    }

    @Test
    void aHostWithoutAnyRunHasNone() {
        QemuOrphans.remove(runDir.resolve("none"), Set.of(), new ProcFs());
        assertThat(runDir).isEmptyDirectory();
    }
}

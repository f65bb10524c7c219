package dev.godwit.lab.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.lab.chaos.QemuTap.Stretch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The watch must see what it is there for. */
class CopiesTest {

    private static final String STANDS = "{\"return\": {\"status\": \"paused\", \"running\": false}}\n";

    @TempDir
    Path folder;

    @Test
    void twoStretchesThatHaveATimeInCommonAreFound() {
        Stretch first = new Stretch("kvm1", 10, 20);
        assertThat(Copies.overlap(List.of(first, new Stretch("kvm2", 20, 30), new Stretch("kvm1", 31, Double.POSITIVE_INFINITY)))).isEmpty();
        assertThat(Copies.overlap(List.of(first, new Stretch("kvm2", 19.999, 30)))).isPresent();
        assertThat(Copies.overlap(List.of(new Stretch("kvm1", 10, Double.POSITIVE_INFINITY), new Stretch("kvm2", 50, 60)))).isPresent();
    }

    @Test
    void eventsMakeStretchesAndAnswersMustGoWithThem() throws IOException {
        QemuTap tap = tap("""
                {"QMP": {"version": {}}}
                {"return": {}}
                {"return": {"status": "inmigrate", "running": false}}
                {"timestamp": {"seconds": 5, "microseconds": 250000}, "event": "RESUME"}
                {"return": {"status": "running", "running": true}}
                {"timestamp": {"seconds": 7, "microseconds": 0}, "event": "STOP"}
                {"timestamp": {"seconds": 8, "microseconds": 0}, "event": "RES""");

        tap.read(9, true);

        assertThat(tap.guest()).isEqualTo("g1");
        assertThat(tap.host()).isEqualTo("kvm2");
        assertThat(tap.stretches()).containsExactly(new Stretch("kvm2", 5.25, 7));
        assertThat(tap.runs()).isFalse();
        append(tap, "UME\"}\n" + STANDS);
        tap.read(10, true); // its processors do not stand yet
        append(tap, "{\"timestamp\": {\"seconds\": 11, \"microseconds\": 0}, \"event\": \"STOP\"}\n" + STANDS);
        tap.read(100, true);
        assertThat(tap.stretches()).containsExactly(new Stretch("kvm2", 5.25, 7), new Stretch("kvm2", 8, 11));
    }

    @Test
    void oneThatStandsAndNeverSaidSoIsAContradiction() throws IOException {
        QemuTap tap = tap("{\"timestamp\": {\"seconds\": 5, \"microseconds\": 0}, \"event\": \"RESUME\"}\n" + STANDS);
        tap.read(10, true);
        append(tap, STANDS);
        tap.read(60, true);
        append(tap, STANDS);
        assertThatThrownBy(() -> tap.read(71, true)).isInstanceOf(AssertionError.class).hasMessageContaining("running is false");
    }

    @Test
    void oneThatRunsAndNeverSaidSoIsAContradictionAtOnce() throws IOException {
        QemuTap tap = tap("{\"return\": {\"status\": \"running\", \"running\": true}}\n");
        assertThatThrownBy(() -> tap.read(10, true)).isInstanceOf(AssertionError.class).hasMessageContaining("running is true");
    }

    @Test
    void aGuestThatDiesWhileItRunsIsNoticed() throws IOException {
        QemuTap tap = tap("{\"timestamp\": {\"seconds\": 5, \"microseconds\": 0}, \"event\": \"RESUME\"}\n");
        tap.read(6, true);
        assertThatThrownBy(() -> tap.read(7, false)).isInstanceOf(AssertionError.class).hasMessageContaining("died while");
        assertThat(tap.stretches()).containsExactly(new Stretch("kvm2", 5, 6));
    }

    private static void append(QemuTap tap, String text) throws IOException {
        Files.writeString(tap.events(), text, StandardOpenOption.APPEND);
    }

    private QemuTap tap(String text) throws IOException {
        Files.createFile(folder.resolve("g1.kvm2.77.in"));
        return new QemuTap(Files.writeString(folder.resolve("g1.kvm2.77.events"), text));
    }
}

package dev.godwit.driver.qemu.capabilities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QemuProbeTest {

    private static QemuCapabilities probe(String version, boolean kvm) {
        String resource = "probe-qemu-" + version + ".jsonl";
        return QemuProbe.probe(
                "/usr/bin/qemu-system-x86_64",
                Golden.recorded(resource, false),
                Optional.of(Golden.recorded(resource, kvm)));
    }

    @Test
    void readsWhatQemuAnswered() {
        QemuCapabilities qemu = probe("10.0", true);

        assertThat(qemu.version()).isEqualTo(10_000_002);
        assertThat(qemu.arch()).isEqualTo("x86_64");
        assertThat(qemu.machine("q35").orElseThrow().name()).isEqualTo("pc-q35-10.0");
        assertThat(qemu.machine("pc-q35-7.2").orElseThrow().alias()).isEmpty();
        assertThat(qemu.preferredMachine().orElseThrow().name()).isEqualTo("pc-i440fx-10.0");
        assertThat(qemu.machine("pc").orElseThrow().defaultCpu()).contains("qemu64");
        assertThat(qemu.hasDevice("qemu-xhci")).isTrue();
        assertThat(qemu.hasDevice("no-such-device")).isFalse();
        assertThat(qemu.kvm()).isTrue();
        assertThat(qemu.kvmCpus()).isNotEmpty();
    }

    @Test
    void aliasesFollowTheBinary() {
        assertThat(probe("7.2", true).machine("q35").orElseThrow().name()).isEqualTo("pc-q35-7.2");
        assertThat(probe("7.2", true).atLeast(7, 2)).isTrue();
        assertThat(probe("7.2", true).atLeast(8, 0)).isFalse();
    }

    @Test
    void kvmThatCameUpAsEmulationDoesNotCount() {
        QemuCapabilities qemu = probe("10.0", false);

        assertThat(qemu.kvm()).isFalse();
        assertThat(qemu.kvmCpus()).isEmpty();
        assertThat(qemu.tcgCpus()).isNotEmpty();
    }

    @Test
    void aBinaryIsAskedAgainOnlyWhenItChanges() {
        List<String> asked = new ArrayList<>();
        long[] changed = {1};
        QemuCapabilitiesCache cache = new QemuCapabilitiesCache(_ -> changed[0], path -> {
            asked.add(path);
            return probe("10.0", true);
        });

        cache.of("/a");
        cache.of("/a");
        cache.of("/b");
        changed[0] = 2;
        cache.of("/a");

        assertThat(asked).containsExactly("/a", "/b", "/a");
    }
}

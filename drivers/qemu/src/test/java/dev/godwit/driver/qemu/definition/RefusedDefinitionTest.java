package dev.godwit.driver.qemu.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.Golden;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions that are wrong, and the code, the subsystem and the words stock libvirt 11.3 has for them. */
class RefusedDefinitionTest {

    private static final QemuCapabilities QEMU = Golden.capabilities();

    private final DefinitionCompleter completer = new DefinitionCompleter(new Random(1));

    private record Case(String name, int code, int domain, String message, String xml) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> refused() {
        return Golden.resource("refused-by-libvirt-11.3.tsv").lines().map(line -> {
            String[] parts = line.split("\t");
            // The recording has line breaks in messages written out.
            return new Case(
                    parts[0],
                    Integer.parseInt(parts[1]),
                    Integer.parseInt(parts[2]),
                    parts[3].replace("\\n", "\n"),
                    parts[4]);
        });
    }

    @ParameterizedTest
    @MethodSource("refused")
    void saysWhatStockLibvirtSays(Case wrong) {
        VirtException refusal = catchThrowableOfType(
                VirtException.class, () -> completer.complete(XmlReader.read(wrong.xml()), QEMU));

        assertThat(refusal).isNotNull();
        assertThat(refusal).hasMessage(wrong.message());
        assertThat(refusal.codeNumber()).isEqualTo(wrong.code());
        assertThat(refusal.domainNumber()).isEqualTo(wrong.domain());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a&#9;b", "a\u007fb", "a&#10;b", ".", "..", "a/b", "../x", "", "a&#133;b"})
    void namesThatCannotBeFilesAreRefused(String name) {
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> completer.complete(guest(name, 1), QEMU));
    }

    @Test
    void aNameMayBeLongButNotTooLong() {
        completer.complete(guest("x".repeat(240), 1), QEMU);

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> completer.complete(guest("x".repeat(241), 1), QEMU))
                .withMessage("XML error: name is longer than 240 bytes");
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> completer.complete(guest("é".repeat(121), 1), QEMU));
    }

    @Test
    void noCpuAtAllIsRefused() {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> completer.complete(guest("a", 0), QEMU))
                .withMessage("XML error: invalid maximum number of vCPUs '0'");
    }

    @Test
    void kvmIsRefusedWhereItDoesNotWork() {
        QemuCapabilities emulationOnly = new QemuCapabilities(
                QEMU.emulator(), QEMU.arch(), QEMU.version(), QEMU.machines(), QEMU.devices(), QEMU.tcgCpus(),
                java.util.List.of(), false);

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> completer.complete(guest("a", 1).withAttr("type", "kvm"), emulationOnly))
                .withMessage("unsupported configuration: Emulator '/usr/bin/qemu-system-x86_64' does not support virt"
                        + " type 'kvm'");
    }

    private static Element guest(String name, int cpus) {
        return XmlReader.read(
                "<domain type='qemu'><name>%s</name><memory>65536</memory><vcpu>%d</vcpu><os><type>hvm</type></os></domain>"
                        .formatted(name, cpus));
    }
}

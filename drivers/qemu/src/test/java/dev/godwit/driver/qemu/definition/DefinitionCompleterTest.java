package dev.godwit.driver.qemu.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.Golden;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DefinitionCompleterTest {

    private static final QemuCapabilities QEMU = Golden.capabilities();

    private final DefinitionCompleter completer = new DefinitionCompleter(new Random(1));

    static Stream<String> guests() {
        return Golden.names();
    }

    @ParameterizedTest
    @MethodSource("guests")
    void completesLikeStockLibvirt(String guest) {
        Element completed = completer.complete(XmlReader.read(Golden.text(guest, "input.xml")), QEMU);

        assertThat(completed.print()).isEqualTo(reprinted(guest, "libvirt-11.3-inactive.xml"));
    }

    @ParameterizedTest
    @MethodSource("guests")
    void completingAgainChangesNothing(String guest) {
        String stock = reprinted(guest, "libvirt-11.3-inactive.xml");
        // Disks are sorted by what the input says of their buses, and the output says more than the first input did.
        String again = Golden.exists(guest, "libvirt-11.3-again.xml")
                ? reprinted(guest, "libvirt-11.3-again.xml")
                : stock;

        assertThat(completer.complete(XmlReader.read(stock), QEMU).print()).isEqualTo(again);
    }

    /** The text of a stock daemon after a pass through our reader and writer, which differ in the quotes of metadata. */
    private static String reprinted(String guest, String file) {
        return XmlReader.read(Golden.text(guest, file)).print();
    }
}

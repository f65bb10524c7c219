package dev.godwit.driver.qemu.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.Golden;
import dev.godwit.driver.qemu.command.NetworkPlumbing.Tap;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class NetworkPlumbingTest {

    private final Element live = XmlReader.read(Golden.text("nets-pc", "libvirt-11.3-live.xml"));

    @Test
    void tellsWhichTapsToMakeAndWhereTheyBelong() {
        assertThat(NetworkPlumbing.taps(live))
                .hasSize(3)
                .startsWith(
                        new Tap("gtap0", "net3", Optional.of("br0"), OptionalInt.of(1400), true),
                        new Tap("gtap1", "net4", Optional.empty(), OptionalInt.empty(), true));
    }

    @Test
    void tellsWhichLinksAreDown() {
        assertThat(NetworkPlumbing.linksDown(live)).containsExactly("net3");
    }
}

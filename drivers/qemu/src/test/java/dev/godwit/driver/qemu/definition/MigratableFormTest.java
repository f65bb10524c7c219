package dev.godwit.driver.qemu.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.Golden;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MigratableFormTest {

    private final DefinitionCompleter completer = new DefinitionCompleter(new Random(1));

    @Test
    void aGuestFromLibvirt90KeepsItsMachine() {
        Element sent = XmlReader.read(Golden.resource("migratable-9.0.xml"));

        Element taken = completer.complete(sent, Golden.capabilities());

        assertThat(taken.child("os", "type").orElseThrow().attr("machine")).contains("pc-q35-7.2");
        for (Element device : sent.child("devices").orElseThrow().elements()) {
            assertThat(taken.child("devices").orElseThrow().elements()).contains(device);
        }
        // What 9.0 does not mention is there all the same.
        assertThat(taken.print()).contains("<input type='keyboard' bus='ps2'/>", "<watchdog model='itco'");
        // And it can go back as it came.
        Element live = LiveForm.of(taken, new LiveChoices(1, "/c", "127.0.0.1", () -> 5900, () -> "t"));
        assertThat(MigratableForm.of(live, Optional.of(taken))).isEqualTo(sent);
    }

    @Test
    void sendsTheCpuOfTheConfigurationAndNotTheOneSpeltOut() {
        Element started = LiveFormTest.stock("direct-file", "inactive");
        Element live = LiveFormTest.stock("direct-file", "live");
        assertThat(live.print()).contains("lahf_lm");

        assertThat(MigratableForm.of(live, Optional.of(started)).print()).doesNotContain("lahf_lm");
        assertThat(MigratableForm.of(live, Optional.empty()).print()).contains("lahf_lm");
    }

    @Test
    void whatIsNotUnderstoodTravelsAlong() {
        Element live = LiveFormTest.stock("install-pc", "live")
                .with(XmlReader.read("<x:note xmlns:x='urn:x' a='1'><!-- kept --><y/></x:note>"))
                .mapElements("devices", devices -> devices.with(XmlReader.read("<gadget colour='red'/>")));

        String sent = MigratableForm.of(live, Optional.empty()).print();

        assertThat(sent).contains("<gadget colour='red'/>", "<x:note xmlns:x='urn:x' a='1'>", "<!-- kept -->");
    }

    @Test
    void secretsAreShownOnlyOnRequest() {
        Element live = LiveFormTest.stock("graphics-only", "live");

        assertThat(live.print()).contains("passwd='secret'");
        assertThat(Secrets.removeFrom(live).print()).doesNotContain("secret");
    }
}

package dev.godwit.driver.qemu.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.Golden;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LiveFormTest {

    static Stream<String> started() {
        return Golden.names().filter(guest -> Golden.exists(guest, "libvirt-11.3-live.xml"));
    }

    @ParameterizedTest
    @MethodSource("started")
    void looksLikeTheLiveDefinitionOfStockLibvirt(String guest) {
        Element stock = stock(guest, "live");
        Map<String, String> ptys = new HashMap<>();
        stock.child("devices").orElseThrow().elements().stream()
                .filter(device -> device.attrIs("type", "pty"))
                .forEach(device -> ptys.put(
                        attr(device, "alias", "name"), attr(device, "source", "path")));

        Element live = LiveForm.withPtys(LiveForm.of(stock(guest, "inactive"), choices(guest, stock)), ptys);

        assertThat(live.print()).isEqualTo(comparable(stock, live).print());
    }

    @ParameterizedTest
    @MethodSource("started")
    void canBeDefinedAgain(String guest) {
        Element inactive = stock(guest, "inactive");
        Element live = LiveForm.of(inactive, choices(guest, stock(guest, "live")));

        Element again = InactiveForm.of(live);

        // Memory is rounded at the start, and an empty drive has lost its format; both are completed anew.
        assertThat(again.without("memory", "currentMemory", "devices"))
                .isEqualTo(inactive.without("memory", "currentMemory", "devices"));
        assertThat(again.child("devices").orElseThrow().elements())
                .extracting(Element::name)
                .isEqualTo(inactive.child("devices").orElseThrow().elements().stream()
                        .map(Element::name)
                        .toList());
        assertThat(again.print()).doesNotContain("<alias name='net").doesNotContain("tty=").doesNotContain("/dev/pts");
    }

    @ParameterizedTest
    @MethodSource("started")
    void movesAsStockLibvirtWouldSendIt(String guest) {
        Element stockLive = stock(guest, "live");
        Element live = LiveForm.of(stock(guest, "inactive"), choices(guest, stockLive));

        Element migratable = MigratableForm.of(live, Optional.of(stock(guest, "inactive")));

        // Stock libvirt names the control group of its guests, which ours do not have.
        assertThat(migratable.print()).isEqualTo(stock(guest, "migratable").without("resource").print());
    }

    private static String attr(Element device, String child, String attribute) {
        return device.child(child).flatMap(element -> element.attr(attribute)).orElse("");
    }

    static Element stock(String guest, String form) {
        return XmlReader.read(Golden.text(guest, "libvirt-11.3-" + form + ".xml"));
    }

    /** The stock daemon's own choices, read from its live definition. */
    static LiveChoices choices(String guest, Element stock) {
        int id = Integer.parseInt(stock.attr("id", ""));
        int[] ports = {5900};
        var taps = stock.child("devices").orElseThrow().elements("interface").stream()
                .map(nic -> attr(nic, "target", "dev"))
                .filter(name -> name.startsWith("vnet"))
                .iterator();
        return new LiveChoices(
                id, "/run/libvirt/qemu/channel/" + id + "-" + guest, "127.0.0.1", () -> ports[0]++, taps::next);
    }

    /** Without what we leave to QEMU: the CPU spelt out, detected backing chains, labels and control groups. */
    private static Element comparable(Element stock, Element live) {
        return stock.without("resource", "seclabel")
                .mapElements("cpu", _ -> live.child("cpu").orElseThrow())
                .mapElements("devices", devices -> devices.mapElements("disk", disk -> disk.without("backingStore")));
    }
}

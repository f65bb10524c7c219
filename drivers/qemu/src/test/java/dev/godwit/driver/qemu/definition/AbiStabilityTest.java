package dev.godwit.driver.qemu.definition;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.Golden;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AbiStabilityTest {

    private static final String GUEST = "install-pc";

    private final Element live = LiveFormTest.stock(GUEST, "live");

    static Stream<String> started() {
        return LiveFormTest.started();
    }

    @ParameterizedTest
    @MethodSource("started")
    void aGuestIsLikeItself(String guest) {
        Element stock = LiveFormTest.stock(guest, "inactive");
        Element own = LiveForm.of(stock, LiveFormTest.choices(guest, LiveFormTest.stock(guest, "live")));
        Element migratable = MigratableForm.of(own, Optional.of(stock));
        Element again = new DefinitionCompleter(new Random(1)).complete(migratable, Golden.capabilities());

        assertThatNoException().isThrownBy(() -> AbiStability.check(own, again));
    }

    /** Each row replaces a piece of text in the migratable definition. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <name>install-pc</name>       | <name>other</name>           | Target domain name 'other' does not match source 'install-pc'
            type='qemu'                   | type='kvm'                   | Target domain virt type kvm does not match source qemu
            db1805</uuid>                 | db1806</uuid>                | Target domain uuid c7a5fdbd-cdaf-4455-926a-d65c16db1806 does not match source c7a5fdbd-cdaf-4455-926a-d65c16db1805
            524288</memory>               | 1048576</memory>             | Target domain max memory 1048576 does not match source 524288
            2</vcpu>                      | 3</vcpu>                     | Target domain vCPU max 3 does not match source 2
            machine='pc-i440fx-10.0'      | machine='pc-i440fx-9.2'      | Target domain machine type pc-i440fx-9.2 does not match source pc-i440fx-10.0
            <apic/>                       | <pae/>                       | State of feature 'apic' differs: source: 'on', destination: 'absent'
            mode='maximum'                | mode='host-model'            | Target CPU mode host-model does not match source maximum
            <timer name='pit'             | <timer name='tsc'            | Target timer tsc does not match source pit
            dev='vda'                     | dev='vdb'                    | Target disk vdb does not match source vda
            52:54:00:aa:bb:0a             | 52:54:00:aa:bb:0b            | Target network card mac 52:54:00:aa:bb:0b does not match source 52:54:00:aa:bb:0a
            slot='0x06'                   | slot='0x16'                  | Target device PCI address 0000:00:16.0 does not match source 0000:00:06.0
            port='1'/>                    | port='2'/>                   | Target device USB address 0:2 does not match source 0:1
            type='vga'                    | type='cirrus'                | Target video card model cirrus does not match source vga
            org.qemu.guest_agent.0        | org.qemu.guest_agent.1       | Target channel name org.qemu.guest_agent.1 does not match source org.qemu.guest_agent.0
            <memballoon model='virtio'>   | <memballoon model='none'>    | Target balloon model none does not match source virtio
            """)
    void aDifferentMachineIsRefused(String from, String to, String detail) {
        String text = InactiveForm.of(live).print();
        int at = text.lastIndexOf(from.strip());
        Element changed = XmlReader.read(text.substring(0, at) + to.strip() + text.substring(at + from.strip().length()));

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> AbiStability.check(live, changed))
                .withMessage("unsupported configuration: " + detail)
                .satisfies(e -> org.assertj.core.api.Assertions.assertThat(e.codeNumber()).isEqualTo(67));
    }

    @Test
    void aDeviceMoreOrLessIsRefused() {
        Element without = live.mapElements("devices", devices -> devices.without("rng"));

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> AbiStability.check(live, without))
                .withMessage("unsupported configuration: Target domain RNG device count 0 does not match source 1");
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> AbiStability.check(without, live))
                .withMessage("unsupported configuration: Target domain RNG device count 1 does not match source 0");
    }

    @Test
    void whatBelongsToTheHostIsFree() {
        Element moved = XmlReader.read(InactiveForm.of(live).print()
                .replace("/srv/images/root.qcow2", "/elsewhere/root.qcow2")
                .replace("bridge='br0'", "bridge='br7'")
                .replace("type='qcow2' discard='unmap'", "type='qcow2' cache='none'")
                .replace("port='-1' autoport='yes'", "port='5999' autoport='no'")
                .replace("/dev/urandom", "/dev/random"));

        assertThatNoException().isThrownBy(() -> AbiStability.check(live, moved));
    }
}

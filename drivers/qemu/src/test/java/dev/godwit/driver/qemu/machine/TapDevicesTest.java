package dev.godwit.driver.qemu.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TapDevicesTest {

    private static final Element LIVE = XmlReader.read("""
            <domain><devices>
              <interface type='bridge'><mac address='52:54:00:aa:bb:09'/><source bridge='br0'/><target dev='vnet0'/>
                <mtu size='9000'/><alias name='net0'/></interface>
              <interface type='user'><target dev='x'/><alias name='net1'/></interface>
              <interface type='ethernet'><target dev='mine' managed='no'/><alias name='net2'/></interface>
            </devices></domain>""");

    @TempDir
    Path sys;

    private final List<String> ran = new ArrayList<>();
    private Optional<String> failing = Optional.empty();

    private final TapDevices.Runner runner = command -> {
        String line = String.join(" ", command);
        ran.add(line);
        if (line.contains(" add ")) {
            Files.createFile(sys.resolve("vnet0"));
        }
        return failing.filter(line::contains).map(_ -> "no such bridge");
    };

    @Test
    void makesTheManagedOnesAndRemovesThemAgain() throws Exception {
        TapDevices taps = new TapDevices(sys, runner);
        List<AutoCloseable> kept = new ArrayList<>();
        taps.make(LIVE, kept);

        assertThat(ran).containsExactly(
                "ip tuntap add dev vnet0 mode tap vnet_hdr",
                "ip link set dev vnet0 address fe:54:00:aa:bb:09",
                "ip link set dev vnet0 mtu 9000",
                "ip link set dev vnet0 master br0",
                "ip link set dev vnet0 up");
        ran.clear();
        kept.getFirst().close();
        assertThat(kept).hasSize(1);
        assertThat(ran).containsExactly("ip link delete dev vnet0");
    }

    @Test
    void aFailureLeavesWhatUndoesTheBeginning() {
        failing = Optional.of("master");
        TapDevices taps = new TapDevices(sys, runner);
        List<AutoCloseable> kept = new ArrayList<>();

        assertThatThrownBy(() -> taps.make(LIVE, kept)).isInstanceOf(VirtException.class)
                .hasMessage("Unable to add bridge br0 port vnet0: no such bridge");
        assertThat(kept).hasSize(1);
    }

    @Test
    void neverTouchesADeviceThatIsThere() throws Exception {
        Files.createFile(sys.resolve("vnet0"));
        List<AutoCloseable> kept = new ArrayList<>();

        assertThatThrownBy(() -> new TapDevices(sys, runner).make(LIVE, kept)).hasMessageContaining("vnet0");
        assertThat(kept).isEmpty();
        assertThat(ran).isEmpty();
    }

    @Test
    void picksNamesThatNobodyHas() throws Exception {
        Files.createFile(sys.resolve("vnet1"));
        TapDevices taps = new TapDevices(sys, runner);

        assertThat(taps.pickName()).isEqualTo("vnet0");
        assertThat(taps.pickName()).isEqualTo("vnet2");
        taps.giveBack("vnet0");
        assertThat(taps.pickName()).isEqualTo("vnet0");
    }
}

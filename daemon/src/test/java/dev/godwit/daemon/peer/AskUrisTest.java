package dev.godwit.daemon.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AskUrisTest {

    private static final UUID HOST = UUID.fromString("61616161-1111-4111-8111-616161616161");
    private static final String ME = "?hostuuid=" + HOST;
    private static final OptionalInt NONE = OptionalInt.empty();

    private static List<String> of(String address, OptionalInt tls, OptionalInt tcp, String... published) {
        return AskUris.of("qemu", true, "kvm7.example.net", HOST,
                new AskUris.Network(address, tls, tcp, List.of(published).stream().findFirst()));
    }

    @Test
    void tlsComesBeforeTcpAndTheUsualPortsAreNotSaid() {
        assertThat(of("::", OptionalInt.of(16514), OptionalInt.of(16509))).containsExactly(
                "qemu+tls://kvm7.example.net/system" + ME, "qemu+tcp://kvm7.example.net/system" + ME);
        assertThat(of("0.0.0.0", OptionalInt.of(7000), OptionalInt.of(7001))).containsExactly(
                "qemu+tls://kvm7.example.net:7000/system" + ME, "qemu+tcp://kvm7.example.net:7001/system" + ME);
    }

    @Test
    void aHostThatListensOnNoNetworkIsNotReached() {
        assertThat(of("::", NONE, NONE)).isEmpty();
    }

    @Test
    void whatOthersCallTheHostCounts() {
        assertThat(of("::", NONE, OptionalInt.of(16509), "10.0.0.7")).containsExactly("qemu+tcp://10.0.0.7/system" + ME);
        assertThat(of("::", NONE, OptionalInt.of(16509), "[fd00::7]")).containsExactly("qemu+tcp://[fd00::7]/system" + ME);
    }

    @Test
    void oneAddressMayBeAllThereIs() {
        assertThat(of("10.0.0.7", NONE, OptionalInt.of(16509))).containsExactly(
                "qemu+tcp://kvm7.example.net/system" + ME, "qemu+tcp://10.0.0.7/system" + ME);
        assertThat(of("127.0.0.1", NONE, OptionalInt.of(40001))).containsExactly("qemu+tcp://127.0.0.1:40001/system" + ME);
    }

    @Test
    void aNameThatMeansSomethingElseElsewhereIsNotSaid() {
        assertThat(AskUris.of("qemu", true, "localhost.localdomain", HOST,
                new AskUris.Network("::", NONE, OptionalInt.of(16509), Optional.empty()))).isEmpty();
    }

    @Test
    void thePathIsTheInstances() {
        AskUris.Network network = new AskUris.Network("::", NONE, OptionalInt.of(16509), Optional.empty());
        assertThat(AskUris.of("qemu", false, "kvm7", HOST, network)).containsExactly("qemu+tcp://kvm7/session" + ME);
        assertThat(AskUris.of("test", true, "kvm7", HOST, network)).containsExactly("test+tcp://kvm7/default" + ME);
    }

    @Test
    void anAdministratorsOwnAreTakenForTheirHypervisor() {
        assertThat(AskUris.configured("qemu", HOST, List.of("qemu+ssh://root@kvm7/system?keyfile=/k", "test+tcp://kvm7/default",
                "qemu+tls://kvm7/system?hostuuid=00000000-0000-4000-8000-000000000001"))).containsExactly(
                "qemu+ssh://root@kvm7/system?keyfile=/k&hostuuid=" + HOST, "qemu+tls://kvm7/system" + ME);
    }

    @Test
    void theHostIsFoundAgain() {
        assertThat(AskUris.hostIn(ConnectUri.parse("qemu+tls://kvm7/system" + ME))).contains(HOST);
        assertThat(AskUris.hostIn(ConnectUri.parse("qemu+tls://kvm7/system"))).isEmpty();
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> AskUris.hostIn(ConnectUri.parse("qemu+tls://kvm7/system?hostuuid=x")))
                .withMessageContaining("hostuuid in qemu+tls://kvm7/system?hostuuid=x is no UUID: x");
    }
}

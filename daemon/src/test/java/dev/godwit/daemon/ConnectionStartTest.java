package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.HostInformation;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.RemoteError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a conversation begins and ends; bytes are those of a stock client and a stock daemon. */
@Timeout(30)
class ConnectionStartTest {

    @TempDir
    Path folder;

    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        FakeHypervisor qemu = new FakeHypervisor("qemu")
                .with(DomainEvents.class, _ -> () -> {})
                .with(HostInformation.class, FakeHypervisor.answering(HostInformation.class, (method, _) ->
                        switch (method) {
                            case "type" -> "QEMU";
                            case "version" -> 10_000_002L;
                            default -> throw new AssertionError(method);
                        }));
        daemon = TestDaemon.start(folder, List.of(qemu, new FakeHypervisor("test")));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void answersAStockClientsFirstWordsByteForByte() throws Exception {
        try (RawClient client = new RawClient(daemon.unix())) {
            exchange(client, "0000001c 20008086 00000001 00000042 00000000 00000000 00000000",
                    "00000024 20008086 00000001 00000042 00000001 00000000 00000000 00000001 00000000");
            exchange(client, "00000020 20008086 00000001 0000003c 00000000 00000001 00000000 0000000a",
                    "00000020 20008086 00000001 0000003c 00000001 00000001 00000000 00000001");
            exchange(client, "00000038 20008086 00000001 00000001 00000000 00000002 00000000"
                            + "00000001 0000000e 71656d753a2f2f2f73797374656d0000 00000000",
                    "0000001c 20008086 00000001 00000001 00000001 00000002 00000000");
            exchange(client, "0000001c 20008086 00000001 00000168 00000000 00000005 00000000",
                    "0000001c 20008086 00000001 00000168 00000001 00000005 00000000");
            exchange(client, "0000001c 20008086 00000001 00000002 00000000 00000008 00000000",
                    "0000001c 20008086 00000001 00000002 00000001 00000008 00000000");
            assertThat(client.isClosedByDaemon()).isTrue();
        }
    }

    private static void exchange(RawClient client, String call, String reply) throws Exception {
        client.write(call);
        assertThat(RawClient.hex(client.next())).isEqualTo(reply.replace(" ", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "qemu:///system, qemu:///system",
        "qemu:///session, qemu:///session",
        "qemu:///system?foo=bar, qemu:///system?foo=bar",
        "qemu:///system#frag, qemu:///system#frag",
        "'', qemu:///system",
        "test:///default, test:///default",
    })
    void opensWhatItServes(String name, String uri) throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), name)) {
            assertThat(client.call(ConnectProcedures.GET_URI, Nothing.NOTHING).uri()).isEqualTo(uri);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "qemu://              | 1 | internal error: unexpected qemu URI path '', try qemu:///system",
        "qemu:///bogus        | 1 | internal error: unexpected qemu URI path '/bogus', try qemu:///system",
        "xen:///system        | 5 | no connection driver available for xen:///system",
        "qemu://host/system   | 5 | no connection driver available for qemu://host/system",
        "qemu+tcp:///system   | 5 | no connection driver available for qemu+tcp:///system",
    })
    void refusesWhatItDoesNot(String name, int code, String message) throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            RemoteError error = client.refused(
                    ConnectProcedures.OPEN, new ConnectProcedures.OpenArgs(Optional.of(name), 0));
            assertThat(error.code()).isEqualTo(code);
            assertThat(error.text()).isEqualTo(message);
            client.call(ConnectProcedures.OPEN, new ConnectProcedures.OpenArgs(Optional.of("qemu:///system"), 0));
        }
    }

    @Test
    void opensOnce() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            RemoteError error = client.refused(
                    ConnectProcedures.OPEN, new ConnectProcedures.OpenArgs(Optional.of("qemu:///system"), 0));
            assertThat(error.text()).isEqualTo("internal error: connection already open");
        }
    }

    @Test
    void wantsAName() throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            RemoteError error =
                    client.refused(ConnectProcedures.OPEN, new ConnectProcedures.OpenArgs(Optional.empty(), 0));
            assertThat(error.code()).isEqualTo(1);
            assertThat(error.domain()).isEqualTo(7);
            assertThat(error.text()).isEqualTo("internal error: connection not open");
        }
    }

    @Test
    void answersNothingButKeepaliveBeforeItIsOpen() throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            assertThat(client.call(ConnectProcedures.SUPPORTS_FEATURE,
                    new ConnectProcedures.SupportsFeatureArgs(10)).supported()).isEqualTo(1);
            for (RemoteError error : List.of(
                    client.refused(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureArgs(14)),
                    client.refused(ConnectProcedures.GET_TYPE, Nothing.NOTHING),
                    client.refused(ConnectProcedures.GET_URI, Nothing.NOTHING))) {
                assertThat(error.code()).isEqualTo(1);
                assertThat(error.domain()).isEqualTo(7);
                assertThat(error.text()).isEqualTo("internal error: hypervisor connection not open");
            }
        }
    }

    @Test
    void saysWhatItCanDo() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            for (int number : new int[] {9, 10, 14, 15}) {
                assertThat(feature(client, number)).as("feature %d", number).isEqualTo(1);
            }
            // No migration facet, so nothing of migration; and nothing that is not known.
            for (int number : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 16, 17, 1000, -1}) {
                assertThat(feature(client, number)).as("feature %d", number).isZero();
            }
        }
    }

    private static int feature(RawClient client, int number) throws Exception {
        return client.call(ConnectProcedures.SUPPORTS_FEATURE, new ConnectProcedures.SupportsFeatureArgs(number))
                .supported();
    }

    @Test
    void namesTheHypervisorAndItself() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            assertThat(client.call(ConnectProcedures.GET_TYPE, Nothing.NOTHING).type()).isEqualTo("QEMU");
            assertThat(client.call(ConnectProcedures.GET_VERSION, Nothing.NOTHING).hvVer()).isEqualTo(10_000_002);
            assertThat(client.call(ConnectProcedures.GET_LIB_VERSION, Nothing.NOTHING).libVer())
                    .isEqualTo(TestDaemon.VERSION);
            assertThat(client.call(ConnectProcedures.IS_SECURE, Nothing.NOTHING).secure()).isEqualTo(1);
            assertThat(client.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotBlank();
        }
    }

    @Test
    void offersNoAuthenticationAndRefusesIt() throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            assertThat(client.call(AuthProcedures.LIST, Nothing.NOTHING).types()).containsExactly(0);
            RemoteError error = client.refused(AuthProcedures.POLKIT, Nothing.NOTHING);
            assertThat(error.code()).isEqualTo(45);
            assertThat(error.text()).isEqualTo("authentication failed: authentication failed");
        }
    }

    @Test
    void aClientThatJustLeavesIsForgotten() throws Exception {
        RawClient client = RawClient.open(daemon.tcp(), "qemu:///system");
        TestDaemon.until("one connection", () -> daemon.daemon.connectionCount() == 1);
        client.close();
        TestDaemon.until("no connection", () -> daemon.daemon.connectionCount() == 0);
    }
}

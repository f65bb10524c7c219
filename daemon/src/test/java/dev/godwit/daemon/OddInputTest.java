package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.HostInformation;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.NodeProcedures;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no proper client sends. Each is answered as a stock daemon answers it, and costs nobody else anything. */
@Timeout(30)
class OddInputTest {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    @TempDir
    Path folder;

    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu").with(HostInformation.class,
                FakeHypervisor.answering(HostInformation.class, (method, _) -> switch (method) {
                    case "type" -> "QEMU";
                    case "freeMemoryBytes" -> throw new IllegalStateException("planted");
                    case "capabilities" -> throw new StackOverflowError("planted");
                    default -> throw new AssertionError(method);
                })));
    }

    @AfterEach
    void everybodyElseIsServed() throws Exception {
        try (RawClient other = RawClient.open(daemon.tcp(), "qemu:///system")) {
            assertThat(other.call(ConnectProcedures.GET_TYPE, Nothing.NOTHING).type()).isEqualTo("QEMU");
        }
        daemon.close();
        assertThat(daemon.daemon.connectionCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "536903999, 1, 3, 0, Cannot find program 536903999 version 1",
        "0, 1, 3, 0, Cannot find program 0 version 1",
        "-1, 1, 3, 0, Cannot find program 4294967295 version 1",
        "536903814, 2, 3, 0, Cannot find program 536903814 version 2",
        "536903814, 1, 0, 0, unknown procedure: 0",
        "536903814, 1, 9999, 0, unknown procedure: 9999",
        "536903814, 1, -5, 0, unknown procedure: -5",
        "536903814, 1, 107, 0, unknown procedure: 107",
        "536903814, 1, 450, 0, unknown procedure: 450",
        "536903815, 1, 99, 0, unknown procedure: 99",
        "536903814, 1, 3, 1, Unexpected message status 1",
        "536903814, 1, 3, 2, Unexpected message status 2",
    })
    void aCallThatCannotBe(int program, int version, int procedure, int status, String message) throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            client.send(new Header(program, version, procedure, MessageType.CALL.wire(), 77, status), NOTHING);
            Frame reply = client.next();
            assertThat(reply.header()).isEqualTo(
                    new Header(program, version, procedure, MessageType.REPLY.wire(), 77, 1));
            RemoteError error = RawClient.error(reply);
            assertThat(error.code()).isEqualTo(39);
            assertThat(error.domain()).isEqualTo(7);
            assertThat(error.text()).isEqualTo(message);
            assertThat(client.call(ConnectProcedures.GET_TYPE, Nothing.NOTHING).type()).isEqualTo("QEMU");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "00", "00000001 7fffffff 41", "00000001 00000004 ff000000 00000000", "00000002"})
    void argumentsThatCannotBeRead(String hex) throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
            client.send(ConnectProcedures.OPEN.header(5), ByteBuffer.wrap(bytes));
            RemoteError error = RawClient.error(client.next());
            assertThat(error.code()).isEqualTo(39);
            assertThat(error.text()).isEqualTo("Unable to decode message payload");
            assertThat(client.call(ConnectProcedures.SUPPORTS_FEATURE,
                    new ConnectProcedures.SupportsFeatureArgs(10)).supported()).isEqualTo(1);
        }
    }

    @Test
    void bytesBehindTheArgumentsAreIgnored() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            client.send(ConnectProcedures.GET_TYPE.header(5), ByteBuffer.wrap(new byte[13]));
            assertThat(ConnectProcedures.GET_TYPE.ret().decodeAll(client.next().payload()).type()).isEqualTo("QEMU");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1, 3, 0", // a reply to nobody
        "2, 3, 0", // a message nobody knows
        "3, 201, 0", // a stream that does not exist: finished
        "3, 201, 1", // aborted
        "3, 201, 2", // data
        "6, 201, 2", // a hole
        "99, 3, 0", // a type that does not exist
        "-1, 3, 0",
    })
    void aMessageForNobodyIsDropped(int type, int procedure, int status) throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            client.send(new Header(Program.REMOTE.number(), 1, procedure, type, 9, status), ByteBuffer.wrap(new byte[8]));
            assertThat(client.call(ConnectProcedures.GET_TYPE, Nothing.NOTHING).type()).isEqualTo("QEMU");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "00000001", "00000003", "00000004", "0000001b", "02000005", "7fffffff",
        "80000000", "ffffffff"})
    void aForgedLengthEndsTheConnectionWithoutAWord(String length) throws Exception {
        try (RawClient client = new RawClient(daemon.tcp())) {
            client.write(length);
            client.write("20008086 00000001 00000042 00000000 00000000 00000000");
            assertThat(client.isClosedByDaemon()).isTrue();
        }
        TestDaemon.until("it is forgotten", () -> daemon.daemon.connectionCount() == 0);
    }

    @Test
    void fileDescriptorsEndTheConnection() throws Exception {
        try (RawClient client = RawClient.open(daemon.unix(), "qemu:///system")) {
            client.send(new Header(Program.REMOTE.number(), 1, 309, MessageType.CALL_WITH_FDS.wire(), 9, 0),
                    ByteBuffer.wrap(new byte[] {0, 0, 0, 1}));
            assertThat(client.isClosedByDaemon()).isTrue();
        }
    }

    @Test
    void halfAFrameAndSilenceHurtsNobodyAndLittle() throws Exception {
        List<RawClient> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            RawClient client = new RawClient(daemon.tcp());
            client.write("02000004 20008086 00000001"); // promises 32 MiB, sends 12 bytes
            silent.add(client);
        }
        TestDaemon.until("all are connected", () -> daemon.daemon.connectionCount() == 100);

        try (RawClient busy = RawClient.open(daemon.tcp(), "qemu:///system")) {
            for (int i = 0; i < 100; i++) {
                assertThat(busy.call(ConnectProcedures.GET_TYPE, Nothing.NOTHING).type()).isEqualTo("QEMU");
            }
        }
        for (RawClient client : silent) {
            client.close();
        }
        TestDaemon.until("none is left", () -> daemon.daemon.connectionCount() == 0);
    }

    @Test
    void noiseIsNoTrouble() throws Exception {
        Random random = new Random(20261123);
        for (int i = 0; i < 200; i++) {
            byte[] noise = new byte[8 + random.nextInt(400)];
            random.nextBytes(noise);
            if (random.nextBoolean()) { // a plausible length and program, and noise behind them
                ByteBuffer.wrap(noise).putInt(Math.max(28, noise.length))
                        .putInt(Program.REMOTE.number());
            }
            try (RawClient client = new RawClient(daemon.tcp())) {
                client.write(ByteBuffer.wrap(noise));
            }
        }
        TestDaemon.until("none is left", () -> daemon.daemon.connectionCount() == 0);
    }

    @Test
    void aMistakeOfOursIsAnsweredToo() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            for (RemoteError error : List.of(client.refused(NodeProcedures.GET_FREE_MEMORY, Nothing.NOTHING),
                    client.refused(ConnectProcedures.GET_CAPABILITIES, Nothing.NOTHING))) {
                assertThat(error.code()).isEqualTo(1);
                assertThat(error.domain()).isZero();
                assertThat(error.text()).startsWith("internal error: a mistake in godwitd in vir").contains("planted");
            }
            assertThat(client.call(ConnectProcedures.GET_TYPE, Nothing.NOTHING).type()).isEqualTo("QEMU");
        }
    }

    @Test
    void whatTheHypervisorDoesNotOfferIsNotSupported() throws Exception {
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            RemoteError error = client.refused(ConnectProcedures.NUM_OF_DOMAINS, Nothing.NOTHING);
            assertThat(error.code()).isEqualTo(3);
            assertThat(error.text()).startsWith("this function is not supported by the connection driver");
        }
    }
}

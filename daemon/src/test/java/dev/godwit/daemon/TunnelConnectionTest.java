package dev.godwit.daemon;

import static dev.godwit.daemon.TunnelStreamTest.open;
import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.DataTransport;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Tunnel;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.TunnelProcedures;
import dev.godwit.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A tunnel gets a connection of its own, with a receiver that only notes what it is given. */
@Timeout(60)
class TunnelConnectionTest {

    private static final Opaque NO_KEY = Opaque.of(new byte[TunnelProcedures.KEY_BYTES]);

    @TempDir
    Path folder;

    private volatile Optional<SocketAddress> given = Optional.empty();
    private volatile Optional<VirtException> refusal = Optional.empty();
    private volatile boolean takes = true;
    private volatile boolean finished;
    private volatile long bytes;
    private TestDaemon daemon;

    private final class Sink implements Tunnel {

        @Override
        public void send(ByteBuffer packet) {
            bytes += packet.remaining();
        }

        @Override
        public boolean receiveFrom(SocketChannel connection) {
            refusal.ifPresent(e -> {
                throw e;
            });
            try {
                given = takes ? Optional.of(connection.getRemoteAddress()) : Optional.empty();
                return takes;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void finish() {
            finished = true;
        }

        @Override
        public void close() {}
    }

    private void start(String... settings) throws Exception {
        MigrationDestination destination = FakeHypervisor.answering(MigrationDestination.class, (method, _) ->
                method.equals("prepare") ? new Receiver(new DataTransport.Tunnelled(new Sink()), Cookie.NONE) : null);
        MigrationSource source = FakeHypervisor.answering(MigrationSource.class, (method, _) -> {
            throw new AssertionError(method);
        });
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu")
                .with(MigrationDestination.class, destination).with(MigrationSource.class, source), settings);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    private static Opaque key(RawClient client) throws Exception {
        return client.call(TunnelProcedures.KEY, Nothing.NOTHING).key();
    }

    private RemoteError refused(Opaque key) throws Exception {
        try (RawClient second = new RawClient(daemon.tcp())) {
            return second.refused(TunnelProcedures.JOIN, new TunnelProcedures.JoinArgs(key));
        }
    }

    @Test
    void theReceiverIsGivenTheSecondConnectionAndTheDaemonLetsGoOfIt() throws Exception {
        start();
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system"); RawClient second = new RawClient(daemon.tcp())) {
            Header call = open(first);
            second.call(TunnelProcedures.JOIN, new TunnelProcedures.JoinArgs(key(first)));
            assertThat(given).contains(second.socket.getLocalAddress());
            assertThat(second.isClosedByDaemon()).as("nobody but the receiver has it").isTrue();

            // The first connection is as it was, and says when the guest has been sent.
            assertThat(first.call(ConnectProcedures.GET_HOSTNAME, Nothing.NOTHING).hostname()).isNotEmpty();
            first.stream(call, MessageStatus.OK, "");
            assertThat(first.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(finished).isTrue();
            assertThat(bytes).isZero();
        }
    }

    @Test
    void aKeyIsGoodForOnce() throws Exception {
        start();
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system"); RawClient second = new RawClient(daemon.tcp())) {
            open(first);
            Opaque key = key(first);
            second.call(TunnelProcedures.JOIN, new TunnelProcedures.JoinArgs(key));
            assertThat(refused(key).code()).isEqualTo(ErrorCode.OPERATION_INVALID.number());
            assertThat(refused(key(first)).text()).contains("no tunnel that can be joined"); // it has one
        }
    }

    @Test
    void nobodyJoinsWithoutAKey() throws Exception {
        start();
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system")) {
            assertThat(key(first).isEmpty()).as("there is no tunnel yet").isTrue();
            open(first);
            Opaque old = key(first);
            assertThat(key(first).size()).isEqualTo(TunnelProcedures.KEY_BYTES);
            assertThat(refused(old).text()).contains("no tunnel that can be joined"); // there is a newer one
            assertThat(refused(NO_KEY).text()).contains("no tunnel that can be joined");
            assertThat(refused(Opaque.empty()).text()).contains("no tunnel that can be joined");
            assertThat(given).isEmpty();
        }
    }

    @Test
    void aKeyEndsWithTheConnectionThatAskedForIt() throws Exception {
        start();
        Opaque key;
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system")) {
            open(first);
            key = key(first);
        }
        TestDaemon.until("the first connection has ended", () -> daemon.daemon.connectionCount() == 0);
        assertThat(refused(key).text()).contains("no tunnel that can be joined");
    }

    @Test
    void dataAndAConnectionExcludeEachOther() throws Exception {
        start();
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system"); RawClient second = new RawClient(daemon.tcp());
                RawClient third = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(first);
            Opaque key = key(first);
            first.stream(call, MessageStatus.CONTINUE, "a guest");
            TestDaemon.until("it has come", () -> bytes == 7);
            assertThat(refused(key).text()).contains("no tunnel that can be joined");
            first.stream(call, MessageStatus.OK, "");
            assertThat(first.next().header()).isEqualTo(call.stream(MessageStatus.OK));

            Header other = open(third);
            second.call(TunnelProcedures.JOIN, new TunnelProcedures.JoinArgs(key(third)));
            third.stream(other, MessageStatus.CONTINUE, "a guest");
            Frame end = third.next();
            assertThat(end.header()).isEqualTo(other.stream(MessageStatus.ERROR));
            assertThat(RawClient.error(end).text()).contains("its tunnel has a connection of its own");
            assertThat(bytes).isEqualTo(7);
        }
    }

    @Test
    void aReceiverThatCannotTakeItIsFedAsBefore() throws Exception {
        start();
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system")) {
            Header call = open(first);
            takes = false;
            assertThat(refused(key(first)).code()).isEqualTo(ErrorCode.OPERATION_INVALID.number());
            takes = true;
            refusal = Optional.of(new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "not this one"));
            assertThat(refused(key(first)).text()).isEqualTo("operation failed: not this one");
            first.stream(call, MessageStatus.CONTINUE, "a guest");
            first.stream(call, MessageStatus.OK, "");
            assertThat(first.next().header()).isEqualTo(call.stream(MessageStatus.OK));
            assertThat(bytes).isEqualTo(7);
        }
    }

    /** Over a Unix socket there is nothing to gain, and elsewhere the daemon has to decrypt. */
    @Test
    void onlyPlainTcpHasKeys() throws Exception {
        start();
        try (RawClient local = RawClient.open(daemon.unix(), "qemu:///system"); RawClient first = RawClient.open(daemon.tcp(), "qemu:///system");
                RawClient second = new RawClient(daemon.unix())) {
            open(local);
            assertThat(key(local).isEmpty()).isTrue();
            open(first);
            assertThat(second.refused(TunnelProcedures.JOIN, new TunnelProcedures.JoinArgs(key(first))).text())
                    .contains("only a connection over TCP without encryption");
        }
    }

    @Test
    void itCanBeForbidden() throws Exception {
        start("migration_tunnel_connection = 0");
        try (RawClient first = RawClient.open(daemon.tcp(), "qemu:///system")) {
            open(first);
            assertThat(key(first).isEmpty()).isTrue();
        }
    }
}

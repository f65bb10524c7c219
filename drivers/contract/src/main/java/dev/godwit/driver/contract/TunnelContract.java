package dev.godwit.driver.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.DataTransport;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What both sides must do with a guest that goes through the daemons, whatever the hypervisor. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
public abstract class TunnelContract extends MigrationHosts {

    private static final Set<MigrationFlag> TUNNELLED =
            EnumSet.of(MigrationFlag.LIVE, MigrationFlag.PEER2PEER, MigrationFlag.TUNNELLED);

    private DomainRef guest;

    /** For subclasses. */
    protected TunnelContract() {}

    /** Whether the driver's receivers can be given a connection of a tunnel's own. */
    protected boolean takesConnections() {
        return false;
    }

    @BeforeEach
    void aGuest() {
        guest = create(a);
    }

    private MigrationRequest request() {
        return MigrationRequest.of(guest, TUNNELLED);
    }

    private MigrationOutcome migrate(UnaryOperator<Tunnel> between, MigrationRequest request, PerformControl control) {
        return MigrationProtocol.run(a.source(), new TunnelledDestination(b.destination(), between), request, control);
    }

    /** Whatever happened: it can be done again. */
    private void movesAgain() {
        assertThat(migrate(tunnel -> tunnel, request(), PerformControl.NONE).failure()).isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(a.state(guest)).isEmpty();
    }

    @Test
    void aGuestMovesThereAndBackAgain() {
        AtomicLong bytes = new AtomicLong();

        MigrationOutcome there = migrate(tunnel -> new Counting(tunnel, bytes), request(), PerformControl.NONE);

        assertThat(there).isInstanceOf(MigrationOutcome.Completed.class);
        assertThat(bytes).as("bytes through the tunnel").hasPositiveValue();
        assertThat(a.state(guest)).isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(MigrationProtocol.run(b.source(), a.destination(), request(), PerformControl.NONE).failure())
                .isEmpty();
        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aTunnelMayHaveAConnectionOfItsOwn() {
        AtomicLong bytes = new AtomicLong();

        MigrationOutcome there = migrate(tunnel -> new OverItsOwn(new Counting(tunnel, bytes)), request(), PerformControl.NONE);

        assertThat(there).isInstanceOf(MigrationOutcome.Completed.class);
        assertThat(bytes.get() == 0).as("nothing came through the tunnel").isEqualTo(takesConnections());
        assertThat(a.state(guest)).isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aReceiverWithAConnectionIsKilled() throws Exception {
        theReceiverIsKilled(OverItsOwn::new);
    }

    @Test
    void oneOnItsOwnConnectionIsCancelled() throws Exception {
        itIsCancelled(OverItsOwn::new);
    }

    @Test
    void aConnectionThatComesLateIsNotTaken() throws Exception {
        Prepared prepared = prepare();
        try (Ends ends = Ends.connected()) {
            prepared.tunnel().send(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(prepared.tunnel().receiveFrom(ends.there())).isFalse();
        }
        prepared.tunnel().close();
        refusesToRun(prepared);
    }

    @Test
    void whatATunnelCannotCarryIsRefused() {
        MigrationRequest copying = MigrationRequest.of(guest, EnumSet.of(MigrationFlag.LIVE, MigrationFlag.PEER2PEER,
                MigrationFlag.TUNNELLED, MigrationFlag.NON_SHARED_DISK));
        assertThat(migrate(t -> t, copying, PerformControl.NONE).failure().orElseThrow().getMessage()).contains(
                "migration of non-shared storage is not supported with tunnelled migration and this QEMU");
        assertThat(migrate(t -> t, request().withUri("tcp:b:49152"), PerformControl.NONE).failure().orElseThrow()
                .getMessage()).contains("migration URI is not supported by tunnelled migration");
        assertRunsAtSourceAlone(guest);
    }

    @Test
    void aTunnelThatFallsInLeavesTheGuestAtTheSource() {
        MigrationOutcome outcome = migrate(tunnel -> new Between(tunnel) {
            @Override
            public void send(ByteBuffer bytes) {
                super.send(bytes.limit(bytes.position() + bytes.remaining() / 2));
                close();
                throw new VirtException(ErrorCode.OPERATION_FAILED, errorDomain(), "the tunnel fell in");
            }
        }, request(), PerformControl.NONE);

        assertThat(outcome).isInstanceOf(MigrationOutcome.RolledBack.class);
        assertThat(outcome.failure().orElseThrow()).hasMessage("operation failed: the tunnel fell in");
        assertRunsAtSourceAlone(guest);
        movesAgain();
    }

    @Test
    void aTunnelWhoseFarEndBreaksAtTheVeryEndLeavesTheGuestAtTheSource() {
        MigrationOutcome outcome = migrate(tunnel -> new Between(tunnel) {
            @Override
            public void finish() {
                throw new VirtException(ErrorCode.OPERATION_FAILED, errorDomain(), "the last bytes were lost");
            }
        }, request(), PerformControl.NONE);

        assertThat(outcome.failure().orElseThrow()).hasMessage("operation failed: the last bytes were lost");
        assertRunsAtSourceAlone(guest);
        movesAgain();
    }

    @Test
    void aReceiverThatTakesNothingDoesNotHoldUpACancel() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        Watched control = new Watched();
        CompletableFuture<MigrationOutcome> outcome = CompletableFuture.supplyAsync(() -> migrate(tunnel ->
                new Between(tunnel) {
                    private final CountDownLatch closed = new CountDownLatch(1);

                    @Override
                    public void send(ByteBuffer bytes) {
                        stalled.countDown();
                        try {
                            closed.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        throw new VirtException(ErrorCode.OPERATION_FAILED, errorDomain(), "the tunnel was closed");
                    }

                    @Override
                    public void close() {
                        closed.countDown();
                        super.close();
                    }
                }, request().withBandwidthMiB(1), control), task -> Thread.ofPlatform().start(task));
        assertThat(stalled.await(60, TimeUnit.SECONDS)).isTrue();

        control.cancel();
        a.jobs().abort(guest);

        assertThat(outcome.get(60, TimeUnit.SECONDS).owner()).isEqualTo(MigrationOutcome.Owner.SOURCE);
        assertRunsAtSourceAlone(guest);
    }

    @Test
    void garbageIsNotAGuest() {
        Prepared prepared = prepare();
        byte[] noise = new byte[1 << 20];
        new Random(4).nextBytes(noise);
        try {
            prepared.tunnel().send(ByteBuffer.allocateDirect(noise.length).put(noise).flip());
            prepared.tunnel().finish();
        } catch (VirtException e) {
            // Where the receiver notices at once.
            assertThat(e.is(ErrorCode.OPERATION_FAILED)).isTrue();
        }
        refusesToRun(prepared);
    }

    @Test
    void halfAGuestIsNotAGuest() {
        Prepared prepared = prepare();
        prepared.tunnel().close();
        refusesToRun(prepared);
    }

    private void refusesToRun(Prepared prepared) {
        assertThatExceptionOfType(VirtException.class).isThrownBy(() ->
                b.destination().finish(prepared.request(), new Sent(prepared.offer().cookie()), Verdict.GO));
        assertThat(b.state(guest)).isEmpty();
        a.source().confirm(prepared.request(), Cookie.NONE, Verdict.CANCEL);
        assertRunsAtSourceAlone(guest);
        movesAgain();
    }

    private record Prepared(MigrationRequest request, Offer offer, Tunnel tunnel) {}

    private Prepared prepare() {
        Set<MigrationFlag> protectedToo = EnumSet.copyOf(TUNNELLED);
        protectedToo.add(MigrationFlag.CHANGE_PROTECTION);
        Offer offer = a.source().begin(request().withFlags(protectedToo));
        MigrationRequest request = request().withDestinationXml(offer.xml()).withDestinationName(guest.name());
        Receiver receiver = b.destination().prepare(request, offer);
        return new Prepared(request, offer, receiver.tunnel().orElseThrow());
    }

    @Test
    void theReceiverIsKilled() throws Exception {
        theReceiverIsKilled(tunnel -> tunnel);
    }

    private void theReceiverIsKilled(UnaryOperator<Tunnel> between) throws Exception {
        Watched control = new Watched();
        CompletableFuture<MigrationOutcome> outcome = apart(
                () -> migrate(between, request().withBandwidthMiB(1), control));
        control.awaitProgress();

        crash(b, guest);

        assertThat(get(outcome)).isInstanceOf(MigrationOutcome.RolledBack.class);
        await("the receiver is known to have ended", () -> b.state(guest).isEmpty());
        assertThat(a.state(guest).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        movesAgain();
    }

    @Test
    void itIsCancelled() throws Exception {
        itIsCancelled(tunnel -> tunnel);
    }

    private void itIsCancelled(UnaryOperator<Tunnel> between) throws Exception {
        Watched control = new Watched();
        CompletableFuture<MigrationOutcome> outcome = apart(
                () -> migrate(between, request().withBandwidthMiB(1), control));
        control.awaitProgress();

        control.cancel();

        assertThat(get(outcome).failure().orElseThrow().is(ErrorCode.OPERATION_ABORTED)).isTrue();
        assertRunsAtSourceAlone(guest);
        movesAgain();
    }

    /** Something on the way, where a test can interfere. */
    private static class Between implements Tunnel {

        private final Tunnel far;

        Between(Tunnel far) {
            this.far = far;
        }

        @Override
        public void send(ByteBuffer bytes) {
            far.send(bytes);
        }

        @Override
        public boolean receiveFrom(SocketChannel connection) {
            return far.receiveFrom(connection);
        }

        @Override
        public void finish() {
            far.finish();
        }

        @Override
        public void close() {
            far.close();
        }
    }

    /** Both ends of a connection over TCP. */
    private record Ends(SocketChannel here, SocketChannel there) implements AutoCloseable {

        static Ends connected() {
            try (ServerSocketChannel server = ServerSocketChannel.open()
                    .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                return new Ends(SocketChannel.open(server.getLocalAddress()), server.accept());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            here.close();
            there.close();
        }
    }

    /** A tunnel whose receiver is given a connection, if it takes it. */
    private static final class OverItsOwn extends Between {

        private final Ends ends = Ends.connected();
        private final boolean taken;

        OverItsOwn(Tunnel far) {
            super(far);
            taken = far.receiveFrom(ends.there());
            closing(ends.there());
        }

        @Override
        public Optional<SocketChannel> connection() {
            return taken ? Optional.of(ends.here()) : Optional.empty();
        }

        @Override
        public void close() {
            super.close();
            closing(ends.here());
        }

        private static void closing(SocketChannel end) {
            try {
                end.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Counting extends Between {

        private final AtomicLong bytes;

        Counting(Tunnel far, AtomicLong bytes) {
            super(far);
            this.bytes = bytes;
        }

        @Override
        public void send(ByteBuffer packet) {
            bytes.addAndGet(packet.remaining());
            super.send(packet);
        }
    }

    /** A destination whose tunnel a test can get at. */
    private record TunnelledDestination(MigrationDestination real, UnaryOperator<Tunnel> between)
            implements MigrationDestination {

        @Override
        public Receiver prepare(MigrationRequest request, Offer offer) {
            Receiver receiver = real.prepare(request, offer);
            return new Receiver(
                    new DataTransport.Tunnelled(between.apply(receiver.tunnel().orElseThrow())), receiver.cookie());
        }

        @Override
        public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
            return real.finish(request, sent, verdict);
        }

        @Override
        public void abandon(MigrationRequest request) {
            real.abandon(request);
        }
    }
}

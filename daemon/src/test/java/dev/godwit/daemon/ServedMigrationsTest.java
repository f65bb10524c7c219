package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Feature;
import dev.godwit.wire.remote.KeepAliveProcedures;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.OlderMigrationProcedures;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The phases as they come over the wire, and what happens when the client is gone between two of them. */
@Timeout(30)
class ServedMigrationsTest {

    private static final UUID UUID_OF_WEB = new UUID(1, 2);
    private static final NonnullDomain WEB = new NonnullDomain("web", UUID_OF_WEB, 3);
    private static final String XML =
            "<domain><name>web</name><uuid>" + UUID_OF_WEB + "</uuid></domain>";
    private static final int FLAGS = 0x1 | 0x8 | 0x100;

    @TempDir
    Path folder;

    private final List<String> said = Collections.synchronizedList(new ArrayList<>());
    private final AtomicReference<MigrationRequest> request = new AtomicReference<>();
    private final CountDownLatch performMayEnd = new CountDownLatch(1);
    private volatile boolean sourceAsks;
    private TestDaemon daemon;

    private final class Source implements MigrationSource {
        @Override
        public Offer begin(MigrationRequest asked) {
            note("begin", asked);
            return new Offer(XML, cookie("begin"));
        }

        @Override
        public Sent perform(MigrationRequest asked, Receiver receiver, PerformControl control) {
            note("perform " + text(receiver.cookie()), asked);
            while (performMayEnd.getCount() > 0) {
                if (control.cancelled()) {
                    said.add("perform cancelled");
                    throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU, "gone");
                }
                Thread.onSpinWait();
            }
            return new Sent(cookie("perform"));
        }

        @Override
        public void confirm(MigrationRequest asked, Cookie cookie, Verdict verdict) {
            note("confirm " + verdict + " " + text(cookie), asked);
        }

        @Override
        public void abandon(MigrationRequest asked) {
            note("source abandoned", asked);
        }
    }

    private final class Destination implements MigrationDestination {
        @Override
        public Receiver prepare(MigrationRequest asked, Offer offer) {
            note("prepare " + text(offer.cookie()) + " " + offer.xml().length(), asked);
            return new Receiver(Optional.of("tcp:here:49152"), cookie("prepare"));
        }

        @Override
        public boolean sourceAsks(Sent sent) {
            return sourceAsks;
        }

        @Override
        public Arrived finish(MigrationRequest asked, Sent sent, Verdict verdict) {
            note("finish " + verdict + " " + text(sent.cookie()), asked);
            if (verdict == Verdict.CANCEL) {
                throw VirtException.raw(ErrorCode.MIGRATE_FINISH_OK, ErrorDomain.QEMU,
                        "migration successfully aborted");
            }
            return new Arrived(new DomainRef(asked.nameAtDestination(), UUID_OF_WEB, 9), cookie("finish"));
        }

        @Override
        public void abandon(MigrationRequest asked) {
            note("destination abandoned " + asked.nameAtDestination(), asked);
        }
    }

    private void note(String what, MigrationRequest asked) {
        request.set(asked);
        said.add(what);
    }

    private static Cookie cookie(String text) {
        return Cookie.of((text + "\0").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String text(Cookie cookie) {
        return new String(cookie.bytes(), java.nio.charset.StandardCharsets.UTF_8).replace("\0", "");
    }

    @BeforeEach
    void start() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu")
                .with(MigrationSource.class, new Source())
                .with(MigrationDestination.class, new Destination()));
    }

    @AfterEach
    void stop() {
        performMayEnd.countDown();
        daemon.close();
    }

    private RawClient open() throws Exception {
        return RawClient.open(daemon.tcp(), "qemu:///system");
    }

    private static void begin(RawClient client) throws Exception {
        client.call(MigrationProcedures.BEGIN, new MigrationProcedures.BeginArgs(WEB, List.of(), FLAGS));
    }

    private static MigrationProcedures.PrepareRet prepare(RawClient client) throws Exception {
        return client.call(MigrationProcedures.PREPARE, new MigrationProcedures.PrepareArgs(
                List.of(TypedParam.text("destination_xml", XML), TypedParam.text("destination_name", "web2")),
                Opaque.ofTextWithNul("begin"), FLAGS));
    }

    private static MigrationProcedures.PerformArgs performArgs() {
        return new MigrationProcedures.PerformArgs(WEB, Optional.empty(),
                List.of(TypedParam.text("migrate_uri", "tcp:here:49152"), TypedParam.unsigned("bandwidth", 7)),
                Opaque.ofTextWithNul("prepare"), FLAGS);
    }

    private static MigrationProcedures.FinishArgs finishArgs(int cancelled) {
        return new MigrationProcedures.FinishArgs(List.of(TypedParam.text("destination_name", "web2")),
                Opaque.ofTextWithNul("perform"), FLAGS, cancelled);
    }

    @Test
    void theFivePhases() throws Exception {
        performMayEnd.countDown();
        try (RawClient client = open()) {
            begin(client);
            assertThat(request.get().guest()).isEqualTo(new DomainRef("web", UUID_OF_WEB, 3));
            assertThat(request.get().flags()).isEqualTo(EnumSet.of(
                    MigrationFlag.LIVE, MigrationFlag.PERSIST_DEST, MigrationFlag.CHANGE_PROTECTION));

            assertThat(prepare(client).uriOut()).contains("tcp:here:49152");
            assertThat(request.get().guest().name()).isEqualTo("web");
            assertThat(request.get().guest().uuid()).isEqualTo(UUID_OF_WEB);
            assertThat(request.get().nameAtDestination()).isEqualTo("web2");

            client.call(MigrationProcedures.PERFORM, performArgs());
            assertThat(request.get().uri()).contains("tcp:here:49152");
            assertThat(request.get().bandwidthMiB()).hasValue(7);

            var finished = client.call(MigrationProcedures.FINISH, finishArgs(0));
            assertThat(finished.dom()).isEqualTo(new NonnullDomain("web2", UUID_OF_WEB, 9));
            client.call(MigrationProcedures.CONFIRM,
                    new MigrationProcedures.ConfirmArgs(WEB, List.of(), finished.cookieOut(), FLAGS, 0));
        }
        TestDaemon.until("the client has left", () -> daemon.daemon.connectionCount() == 0);
        assertThat(said).containsExactly("begin", "prepare begin " + XML.length(), "perform prepare",
                "finish GO perform", "confirm GO finish");
    }

    @Test
    void theFivePhasesInTheOlderForm() throws Exception {
        performMayEnd.countDown();
        Optional<String> no = Optional.empty();
        try (RawClient client = open()) {
            client.call(OlderMigrationProcedures.BEGIN3,
                    new OlderMigrationProcedures.Begin3Args(WEB, no, FLAGS, no, 0));
            client.call(OlderMigrationProcedures.PREPARE3, new OlderMigrationProcedures.Prepare3Args(
                    Opaque.ofTextWithNul("begin"), no, FLAGS, Optional.of("web2"), 0, XML));
            assertThat(request.get().nameAtDestination()).isEqualTo("web2");
            client.call(OlderMigrationProcedures.PERFORM3, new OlderMigrationProcedures.Perform3Args(WEB, no,
                    Opaque.ofTextWithNul("prepare"), no, Optional.of("tcp:here:1"), FLAGS, no, 7));
            assertThat(request.get().uri()).contains("tcp:here:1");
            assertThat(request.get().bandwidthMiB()).hasValue(7);
            client.call(OlderMigrationProcedures.FINISH3, new OlderMigrationProcedures.Finish3Args("web2",
                    Opaque.ofTextWithNul("perform"), no, no, FLAGS, 0));
            client.call(OlderMigrationProcedures.CONFIRM3, new OlderMigrationProcedures.Confirm3Args(WEB,
                    Opaque.ofTextWithNul("finish"), FLAGS, 1));
        }
        TestDaemon.until("the client has left", () -> daemon.daemon.connectionCount() == 0);
        assertThat(said).containsExactly("begin", "prepare begin " + XML.length(), "perform prepare",
                "finish GO perform", "confirm CANCEL finish");
    }

    @Test
    void goneAfterBeginTheSourceIsTold() throws Exception {
        try (RawClient client = open()) {
            begin(client);
        }
        TestDaemon.until("the source is told", () -> said.contains("source abandoned"));
        assertThat(said).containsExactly("begin", "source abandoned");
    }

    @Test
    void goneAfterPrepareTheReceiverEnds() throws Exception {
        try (RawClient client = open()) {
            prepare(client);
        }
        TestDaemon.until("the destination is told", () -> said.contains("destination abandoned web2"));
    }

    @Test
    void goneDuringPerformTheTransferIsCancelled() throws Exception {
        RawClient client = open();
        begin(client);
        client.send(MigrationProcedures.PERFORM, performArgs());
        TestDaemon.until("it is under way", () -> said.contains("perform prepare"));
        client.close();
        TestDaemon.until("it is cancelled", () -> said.contains("perform cancelled"));
        TestDaemon.until("the client is forgotten", () -> daemon.daemon.connectionCount() == 0);
        // A PERFORM that failed has cleaned up itself; one that was refused has not ended what BEGIN began.
        TestDaemon.until("the source looks whether anything is left", () -> said.contains("source abandoned"));
        assertThat(said).containsSubsequence("perform cancelled", "source abandoned");
    }

    @Test
    void goneAfterPerformTheSourceDecides() throws Exception {
        performMayEnd.countDown();
        try (RawClient client = open()) {
            begin(client);
            client.call(MigrationProcedures.PERFORM, performArgs());
        }
        TestDaemon.until("the source is told", () -> said.contains("source abandoned"));
    }

    @Test
    void finishFromAnotherConnectionEndsTheWaiting() throws Exception {
        try (RawClient one = open(); RawClient two = open()) {
            prepare(one);
            two.call(MigrationProcedures.FINISH, finishArgs(0));
        }
        TestDaemon.until("both have left", () -> daemon.daemon.connectionCount() == 0);
        assertThat(said).doesNotContain("destination abandoned web2");
    }

    /** A stock source does what whoever drives says, so he must be there when the guest starts. */
    @Test
    void whoDrivesAStockSourceIsAskedWhetherHeIsThere() throws Exception {
        try (RawClient client = open()) {
            knowsKeepalive(client);
            prepare(client);
            Header finish = client.send(MigrationProcedures.FINISH, finishArgs(0));
            assertThat(client.next().header().procedure()).isEqualTo(KeepAliveProcedures.PING);
            assertThat(said).doesNotContain("finish GO perform");

            client.pong();
            assertThat(client.next().header().serial()).isEqualTo(finish.serial());
        }
        TestDaemon.until("the client has left", () -> daemon.daemon.connectionCount() == 0);
        assertThat(said).contains("finish GO perform").doesNotContain("destination abandoned web2");
    }

    /** What came before FINISH lay in the socket with it, and says nothing. */
    @Test
    void whoHasGivenUpGetsNoSecondCopy() throws Exception {
        try (RawClient client = open()) {
            knowsKeepalive(client);
            prepare(client);
            client.ping();
            client.send(MigrationProcedures.FINISH, finishArgs(0));
            assertThat(client.next().header().procedure()).isEqualTo(KeepAliveProcedures.PONG);
            assertThat(client.next().header().procedure()).isEqualTo(KeepAliveProcedures.PING);
        }
        TestDaemon.until("the receiver ends", () -> said.contains("destination abandoned web2"));
        TestDaemon.until("the client is forgotten", () -> daemon.daemon.connectionCount() == 0);
        assertThat(said).doesNotContain("finish GO perform");
    }

    /** One of ours asks before it lets its guest run on, and is not kept waiting. */
    @Test
    void aSourceThatAsksNeedsNobodyToBeThere() throws Exception {
        sourceAsks = true;
        try (RawClient client = open()) {
            knowsKeepalive(client);
            prepare(client);
            client.call(MigrationProcedures.FINISH, finishArgs(0));
        }
    }

    private static void knowsKeepalive(RawClient client) throws Exception {
        assertThat(client.call(ConnectProcedures.SUPPORTS_FEATURE,
                new ConnectProcedures.SupportsFeatureArgs(Feature.PROGRAM_KEEPALIVE.number())).supported()).isEqualTo(1);
    }

    @Test
    void aCancelledFinishIsAnErrorThatSaysDone() throws Exception {
        try (RawClient client = open()) {
            prepare(client);
            RemoteError error = client.refused(MigrationProcedures.FINISH, finishArgs(1));
            assertThat(error.code()).isEqualTo(93);
            assertThat(error.domain()).isEqualTo(10);
            assertThat(error.text()).isEqualTo("migration successfully aborted");
        }
    }

    @Test
    void parametersAreCheckedLikeAStockHostDoes() throws Exception {
        try (RawClient client = open()) {
            assertThat(begin(client, TypedParam.text("zzz", "1")))
                    .isEqualTo("74/0 argument unsupported: parameter 'zzz' not supported");
            assertThat(begin(client, TypedParam.text("bandwidth", "1"))).isEqualTo(
                    "8/0 invalid argument: invalid type 'string' for parameter 'bandwidth', expected 'ullong'");
            assertThat(begin(client, TypedParam.text("migrate_uri", "a"), TypedParam.text("migrate_uri", "b")))
                    .isEqualTo("8/0 invalid argument: parameter 'migrate_uri' occurs multiple times");
            assertThat(begin(client, new TypedParam("destination_name", new ParamValue.Int(1)))).isEqualTo(
                    "8/0 invalid argument: invalid type 'int' for parameter 'destination_name', expected 'string'");
            assertThat(said).isEmpty();
        }
    }

    private static String begin(RawClient client, TypedParam... params) throws Exception {
        RemoteError error = client.refused(MigrationProcedures.BEGIN,
                new MigrationProcedures.BeginArgs(WEB, List.of(params), FLAGS));
        return error.code() + "/" + error.domain() + " " + error.text();
    }

    @Test
    void whatCannotBeMeantIsRefusedAsStockDaemonsDo() throws Exception {
        try (RawClient client = open()) {
            assertThat(client.refused(MigrationProcedures.PERFORM, new MigrationProcedures.PerformArgs(WEB,
                    Optional.of("qemu+tcp://there/system"), List.of(), Opaque.empty(), 0x1)).text())
                    .isEqualTo("internal error: Unexpected dconnuri parameter with non-peer2peer migration");
            assertThat(client.refused(MigrationProcedures.PERFORM, new MigrationProcedures.PerformArgs(WEB,
                    Optional.of("qemu+tcp://there/system"), List.of(), Opaque.ofTextWithNul("x"), 0x3)).text())
                    .isEqualTo("Requested operation is not valid: received unexpected cookie with P2P migration");
            assertThat(client.refused(MigrationProcedures.PREPARE, new MigrationProcedures.PrepareArgs(
                    List.of(TypedParam.text("destination_xml", XML)), Opaque.ofTextWithNul("x"), 0x7)).text())
                    .isEqualTo("internal error: Tunnelled migration requested but invalid RPC method called");
            assertThat(client.refused(MigrationProcedures.BEGIN,
                    new MigrationProcedures.BeginArgs(WEB, List.of(), 0x200001)).text())
                    .isEqualTo("unsupported flags (0x200000) in function qemuDomainMigrateBegin3Params");
            assertThat(said).isEmpty();
        }
    }

    @Test
    void aReceiverNeedsADefinition() throws Exception {
        try (RawClient client = open()) {
            assertThat(client.refused(MigrationProcedures.PREPARE,
                    new MigrationProcedures.PrepareArgs(List.of(), Opaque.ofTextWithNul("x"), FLAGS)).text())
                    .isEqualTo("internal error: no domain XML passed");
            RemoteError broken = client.refused(MigrationProcedures.PREPARE, new MigrationProcedures.PrepareArgs(
                    List.of(TypedParam.text("destination_xml", "<domain><name>web</domain>")),
                    Opaque.ofTextWithNul("x"), FLAGS));
            assertThat(broken.code()).isEqualTo(35);
            assertThat(said).isEmpty();
        }
    }

    @Test
    void theFeaturesOfAHypervisorThatMigrates() throws Exception {
        try (RawClient client = open()) {
            for (int number : new int[] {4, 6, 7, 11, 13}) {
                assertThat(client.call(ConnectProcedures.SUPPORTS_FEATURE,
                        new ConnectProcedures.SupportsFeatureArgs(number)).supported()).as("feature %d", number).isOne();
            }
            for (int number : new int[] {1, 3, 5, 12}) {
                assertThat(client.call(ConnectProcedures.SUPPORTS_FEATURE,
                        new ConnectProcedures.SupportsFeatureArgs(number)).supported()).as("feature %d", number).isZero();
            }
        }
    }
}

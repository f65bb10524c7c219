package dev.godwit.client.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.client.Connection;
import dev.godwit.client.ScriptedHost;
import dev.godwit.client.ScriptedHost.Refusal;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.Feature;
import dev.godwit.wire.remote.ConnectEvents;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.xdr.Opaque;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a source hears of a client that wants it to drive, and what a destination hears of a source that does: the bytes
 * and the order that were captured between stock peers.
 */
@Timeout(60)
class PeerToPeerWireTest {

    private static final int BODY = 4 + Header.BYTES;
    private static final DomainRef GUEST =
            new DomainRef("gold", UUID.fromString("60601d00-0001-4001-8001-6060606060aa"), 27);

    private final ScriptedHost host = new ScriptedHost();

    @AfterEach
    void close() {
        host.close();
    }

    private static byte[] golden(String file, String name) {
        try {
            String json = Files.readString(Path.of("../wire/src/test/resources/golden", file + ".json"));
            Matcher matcher = Pattern.compile("\"name\":\\s*\"" + Pattern.quote(name) + "\".*?\"hex\":\\s*\"([0-9a-f]+)\"",
                    Pattern.DOTALL).matcher(json);
            assertThat(matcher.find()).as(name).isTrue();
            return HexFormat.of().parseHex(matcher.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer body(String file, String name) {
        byte[] bytes = golden(file, name);
        return ByteBuffer.wrap(bytes, BODY, bytes.length - BODY).slice();
    }

    private List<Integer> featuresAsked() {
        List<Integer> features = new ArrayList<>();
        for (ScriptedHost.Call call : host.calls()) {
            if (call.header().procedure() == ConnectProcedures.SUPPORTS_FEATURE.number()) {
                features.add(ConnectProcedures.SUPPORTS_FEATURE.args().decodeAll(call.body().duplicate()).feature());
            }
        }
        return features;
    }

    @Test
    void aTunnelledGuestIsSentAsStockSourcesSendIt() {
        MigrationProcedures.PrepareTunnelArgs captured = MigrationProcedures.PREPARE_TUNNEL.args().decodeAll(
                body("08-tunnel-stream", "DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS.call"));
        ByteBuffer prepared = body("08-tunnel-stream", "DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS.reply");
        String xml = MigrationParams.request(GUEST, Set.of(), captured.params()).destinationXml().orElseThrow();
        host.onRaw(304, _ -> prepared)
                .on(MigrationProcedures.FINISH, _ -> new MigrationProcedures.FinishRet(
                        new NonnullDomain("gold", GUEST.uuid(), 1), Opaque.ofTextWithNul("<qemu-migration/>")))
                .on(ConnectProcedures.REGISTER_CLOSE_CALLBACK, _ -> Nothing.NOTHING)
                .on(ConnectProcedures.UNREGISTER_CLOSE_CALLBACK, _ -> Nothing.NOTHING);
        try (Connection connection = host.connect()) {
            connection.watchHost();
            MigrationDestination destination = RemoteMigrationDestination.ofPeer(connection, false);
            MigrationRequest request = MigrationRequest.of(GUEST,
                    Set.of(MigrationFlag.LIVE, MigrationFlag.PEER2PEER, MigrationFlag.TUNNELLED));
            Receiver receiver = destination.prepare(request.withDestinationXml(xml),
                    new Offer(xml, Cookie.of(captured.cookieIn().toByteArray())));
            Tunnel tunnel = receiver.tunnel().orElseThrow();
            tunnel.send(ByteBuffer.allocateDirect(65_536));
            tunnel.send(ByteBuffer.allocateDirect(1_034));
            tunnel.finish();
            destination.finish(request.withDestinationXml(xml).withDestinationName("gold"), new Sent(Cookie.NONE),
                    Verdict.GO);
        }

        // One question more than a stock source asks, which a stock destination answers with 0.
        assertThat(host.procedures()).containsExactly(
                66, 60, 1, 60, 360, 60, 60, 60, 60, 304, 304, 304, 304, 306, 361, 2);
        assertThat(featuresAsked()).containsExactly(10, 15, 4, 6, 13, Feature.STREAM_CREDIT.number());
        List<ScriptedHost.Call> tunnelled = host.calls().stream()
                .filter(call -> call.header().procedure() == 304).toList();
        assertThat(tunnelled.getFirst().body())
                .isEqualTo(body("08-tunnel-stream", "DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS.call"));
        for (int i = 1; i < 4; i++) {
            Header header = tunnelled.get(i).header();
            assertThat(header.messageType()).isEqualTo(MessageType.STREAM);
            assertThat(header.serial()).isEqualTo(tunnelled.getFirst().header().serial());
            assertThat(header.status()).isEqualTo(i < 3 ? 2 : 0);
        }
        assertThat(tunnelled.get(1).body().remaining()).isEqualTo(65_536);
        assertThat(tunnelled.get(2).body().remaining()).isEqualTo(1_034);
        assertThat(tunnelled.get(3).body().remaining()).isZero();
    }

    @Test
    void aCancelBreaksTheTunnelOffBeforeItIsTold() {
        host.on(MigrationProcedures.PREPARE_TUNNEL, _ ->
                        new MigrationProcedures.PrepareTunnelRet(Opaque.ofTextWithNul("<qemu-migration/>")))
                .on(MigrationProcedures.FINISH, _ -> {
                    throw new Refusal(93, 10, "migration successfully aborted");
                });
        try (Connection connection = host.connect()) {
            MigrationDestination destination = RemoteMigrationDestination.ofPeer(connection, false);
            MigrationRequest request = MigrationRequest.of(GUEST,
                    Set.of(MigrationFlag.LIVE, MigrationFlag.PEER2PEER, MigrationFlag.TUNNELLED));
            Receiver receiver = destination.prepare(request, new Offer("<domain/>", Cookie.NONE));
            assertThatExceptionOfType(VirtException.class).isThrownBy(() ->
                    destination.finish(request.withDestinationName("gold"), Sent.NOTHING, Verdict.CANCEL));
            assertThatExceptionOfType(VirtException.class).isThrownBy(() ->
                    receiver.tunnel().orElseThrow().send(ByteBuffer.allocate(1)));
        }
        ScriptedHost.Call abort = host.calls().stream()
                .filter(call -> call.header().messageType() == MessageType.STREAM).findFirst().orElseThrow();
        assertThat(abort.header().status()).isOne();
        assertThat(host.procedures()).containsSubsequence(304, 304, 306);
    }

    @Test
    void aDestinationThatSourcesCannotDriveIsRefusedInLibvirtsWords() {
        host.on(ConnectProcedures.SUPPORTS_FEATURE,
                args -> new ConnectProcedures.SupportsFeatureRet(args.feature() == 4 ? 0 : 1));
        try (Connection connection = host.connect()) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> RemoteMigrationDestination.ofPeer(connection, false))
                    .withMessage("operation failed: Destination libvirt does not support peer-to-peer migration protocol");
        }
    }

    @Test
    void aClientAsksForAllOfItInOneCall() {
        MigrationProcedures.PerformArgs captured = MigrationProcedures.PERFORM.args().decodeAll(
                body("05-perform3-params", "DOMAIN_MIGRATE_PERFORM3_PARAMS peer2peer.call"));
        host.on(MigrationProcedures.PERFORM, _ -> new MigrationProcedures.PerformRet(Opaque.empty()));
        MigrationOutcome outcome;
        try (Connection source = host.connect()) {
            DomainRef guest = new DomainRef(captured.dom().name(), captured.dom().uuid(), captured.dom().id());
            Migration migration = Migration.toPeer(source.domains().of(guest), captured.dconnuri().orElseThrow());
            for (MigrationFlag flag : WireFlag.of(MigrationFlag.class, captured.flags())) {
                migration = migration.with(flag);
            }
            outcome = migration.run(PerformControl.NONE);
        }
        assertThat(outcome).isInstanceOf(MigrationOutcome.Completed.class);
        assertThat(featuresAsked()).containsExactly(10, 4, 13);
        assertThat(host.calls().stream().filter(call -> call.header().procedure() == 305).findFirst().orElseThrow()
                .body()).isEqualTo(body("05-perform3-params", "DOMAIN_MIGRATE_PERFORM3_PARAMS peer2peer.call"));
    }

    @Test
    void afterAFailureTheSourceIsAskedWhoHasTheGuest() {
        for (Object[] row : new Object[][] {{1, 6, MigrationOutcome.RolledBack.class},
                {3, 2, MigrationOutcome.InDoubt.class}, {5, 2, MigrationOutcome.Died.class},
                {5, 4, MigrationOutcome.Completed.class}}) {
            try (ScriptedHost one = new ScriptedHost()) {
                one.on(MigrationProcedures.PERFORM, _ -> {
                    throw new Refusal(9, 10, "operation failed: job 'migration out' failed: no");
                }).on(DomainQueryProcedures.GET_STATE,
                        _ -> new DomainQueryProcedures.GetStateRet((int) row[0], (int) row[1]));
                try (Connection source = one.connect()) {
                    assertThat(Migration.toPeer(source.domains().of(GUEST), "qemu+tcp://b/system")
                            .run(PerformControl.NONE)).isInstanceOf((Class<?>) row[2]);
                }
            }
        }
    }

    @Test
    void aGuestThatIsGoneAfterItWasInDoubtIsNotSaidToHaveDied() {
        String doubt = new MigrationOutcome.InDoubt(List.of(new MigrationOutcome.Cause(Host.DESTINATION,
                VirtException.raw(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "no answer")))).failure().orElseThrow().getMessage();
        host.on(MigrationProcedures.PERFORM, _ -> {
            throw new Refusal(9, 0, doubt);
        }).on(DomainQueryProcedures.GET_STATE, _ -> {
            throw new Refusal(42, 10, "Domain not found: no domain with matching uuid");
        });
        try (Connection source = host.connect()) {
            assertThat(Migration.toPeer(source.domains().of(GUEST), "qemu+tcp://b/system").run(PerformControl.NONE))
                    .isInstanceOf(MigrationOutcome.OutOfSight.class);
        }
    }

    @Test
    void aSourceThatCannotDriveIsRefusedBeforeAnythingHappens() {
        host.on(ConnectProcedures.SUPPORTS_FEATURE,
                args -> new ConnectProcedures.SupportsFeatureRet(args.feature() == 4 ? 0 : 1));
        try (Connection source = host.connect()) {
            MigrationOutcome outcome = Migration.toPeer(source.domains().of(GUEST), "qemu+tcp://b/system")
                    .run(PerformControl.NONE);
            assertThat(outcome.failure().orElseThrow())
                    .hasMessage("argument unsupported: p2p migration is not supported by the source host");
        }
        assertThat(host.procedures()).doesNotContain(305);
    }

    @Test
    void theOneSlipOfThePageGetsTheRightForm() {
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> PeerUri.parse("qemu+tls:/desthost/system"))
                .withMessageEndingWith("write qemu+tls://desthost/system")
                .satisfies(error -> assertThat(error.is(ErrorCode.INVALID_ARG)).isTrue());
        assertThat(PeerUri.isInLibvirtForm("qemu+tls://desthost/system")).isTrue();
        assertThat(PeerUri.isInLibvirtForm("tcp://10.0.0.1/")).isFalse();
        assertThat(PeerUri.isInLibvirtForm("tcp:10.0.0.1:49160")).isFalse();
    }

    @Test
    void aProxyThatLosesItsHostEndsTheConnection() throws InterruptedException {
        host.on(ConnectProcedures.REGISTER_CLOSE_CALLBACK, _ -> Nothing.NOTHING);
        CountDownLatch asked = new CountDownLatch(1);
        try (Connection connection = host.connect()) {
            connection.watchHost();
            host.tell(ConnectEvents.CONNECTION_CLOSED, new ConnectEvents.ConnectionClosedMsg(1));
            Thread waiter = Thread.ofVirtual().start(() -> {
                while (connection.ended().isEmpty()) {
                    Thread.onSpinWait();
                }
                asked.countDown();
            });
            asked.await();
            waiter.join();
        }
    }
}

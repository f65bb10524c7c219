package dev.godwit.daemon.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.client.Connection;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.ResolutionProcedures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PeerQuestionsTest {

    private static final MigrationId MIGRATION =
            new MigrationId(UUID.fromString("0f0e0d0c-0b0a-4908-8706-050403020100"));
    private static final UUID HOST = UUID.fromString("61616161-1111-4111-8111-616161616161");
    private static final DomainRef GUEST =
            new DomainRef("web1", UUID.fromString("60601d00-0001-4001-8001-6060606060aa"), -1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ScriptedPeer peer = new ScriptedPeer();
    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void close() {
        over.countDown();
        peer.close();
    }

    private static PeerQuestions questions(Function<ConnectUri, Connection> opener, Duration patience) {
        return new PeerQuestions(() -> "kvm1", opener, Waiting.REAL, patience);
    }

    private static VirtException unreachable(ConnectUri uri) {
        String host = uri.host().orElseThrow();
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                "unable to connect to server at '" + host + ":16509': No route to host").at(host);
    }

    @Test
    void oneOfOursIsAskedByItsOwnQuestion() throws Exception {
        peer.on(ResolutionProcedures.ASK, _ -> new ResolutionProcedures.StandingRet(
                ResolutionProcedures.Answer.ARRIVED, 7, "kvm7 handed it over")).start();
        assertThat(questions(peer::open, PATIENCE).ask(
                List.of("qemu+tcp://kvm7/system?hostuuid=" + HOST), MIGRATION, GUEST))
                .isEqualTo(new Standing(Standing.Answer.ARRIVED, 7, "kvm7 handed it over"));
        assertThat(peer.calls).containsExactly(new ResolutionProcedures.AskArgs(MIGRATION.uuid(),
                new NonnullDomain("web1", GUEST.uuid(), -1), Optional.of(HOST)));
    }

    @Test
    void theNextUriIsTriedWhereOneDoesNotLeadThere() throws Exception {
        peer.on(ResolutionProcedures.ASK, _ -> new ResolutionProcedures.StandingRet(
                ResolutionProcedures.Answer.UNCLEAR, 0, "it cannot be said")).start();
        List<String> opened = new ArrayList<>();
        Standing standing = questions(uri -> {
            opened.add(uri.toString());
            if (opened.size() == 1) {
                throw unreachable(uri);
            }
            return peer.open(uri);
        }, PATIENCE).ask(List.of("qemu+tls://kvm7/system", "qemu+tcp://kvm7/system", "qemu+ssh://kvm7/system"),
                MIGRATION, GUEST);
        assertThat(standing.answer()).isEqualTo(Standing.Answer.UNCLEAR);
        assertThat(opened).containsExactly("qemu+tls://kvm7/system", "qemu+tcp://kvm7/system");
        assertThat(peer.calls).containsExactly(new ResolutionProcedures.AskArgs(MIGRATION.uuid(),
                new NonnullDomain("web1", GUEST.uuid(), -1), Optional.empty()));
    }

    @Test
    void aRefusalIsNoAnswer() throws Exception {
        peer.on(ResolutionProcedures.ASK, _ -> {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU, "the journal is full");
        }).start();
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> questions(uri -> {
            if (uri.effectiveTransport() == ConnectUri.Transport.TLS) {
                throw unreachable(uri);
            }
            return peer.open(uri);
        }, PATIENCE).ask(List.of("qemu+tls://kvm7/system", "qemu+tcp://kvm7/system", "qemu:///system"), MIGRATION, GUEST))
                .withMessage("Host kvm1 could not ask the destination of guest 'web1' as user "
                        + System.getProperty("user.name") + " ("
                        + "kvm7 by qemu+tls://kvm7/system: unable to connect to server at 'kvm7:16509': No route to host; "
                        + "kvm7 by qemu+tcp://kvm7/system: the journal is full; "
                        + "by qemu:///system: Attempt to migrate guest to the same host)")
                .matches(e -> e.is(ErrorCode.OPERATION_FAILED)).matches(e -> e.host().equals(Optional.of("kvm1")));
    }

    @Test
    void whereNobodyHasSaidWhomToAskThatIsSaid() throws Exception {
        peer.start();
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> questions(peer::open, PATIENCE).ask(List.of(), MIGRATION, GUEST))
                .withMessage("Nobody has told host kvm1 under which connection URI the destination of guest 'web1' can be"
                        + " asked");
    }

    @Test
    void oneThatDoesNotAnswerIsNotWaitedForWithoutEnd() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        peer.on(ResolutionProcedures.ASK, args -> {
            if (args.host().isEmpty()) {
                asked.countDown();
                await(over);
            }
            return new ResolutionProcedures.StandingRet(ResolutionProcedures.Answer.BARRED, 0, "never came");
        }).start();
        Standing standing = questions(peer::open, Duration.ofMillis(400)).ask(
                List.of("qemu+tcp://kvm7/system", "qemu+tcp://kvm7/system?hostuuid=" + HOST), MIGRATION, GUEST);
        assertThat(standing.answer()).isEqualTo(Standing.Answer.BARRED);
        assertThat(asked.getCount()).isZero();
    }

    @Test
    void oneThatCannotBeReachedInTimeIsGivenUpAndItsConnectionClosedWhenItComes() throws Exception {
        peer.on(ResolutionProcedures.ASK, _ -> new ResolutionProcedures.StandingRet(
                ResolutionProcedures.Answer.BARRED, 0, "never came")).start();
        List<Connection> late = new ArrayList<>();
        CountDownLatch opened = new CountDownLatch(1);
        PeerQuestions questions = questions(uri -> {
            await(over);
            late.add(peer.open(uri));
            opened.countDown();
            return late.getFirst();
        }, Duration.ofMillis(50));
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> questions.ask(List.of("qemu+tcp://kvm7/system"), MIGRATION, GUEST))
                .withMessageContaining("kvm7 by qemu+tcp://kvm7/system: Timed out during operation: no answer within 0 s");
        over.countDown();
        opened.await();
        while (late.getFirst().ended().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThat(peer.calls).isEmpty();
    }

    @Test
    void aThreadThatIsInterruptedStopsAsking() throws Exception {
        peer.on(ResolutionProcedures.ASK, _ -> {
            throw new AssertionError("not asked");
        }).start();
        Thread.currentThread().interrupt();
        try {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> questions(uri -> {
                await(over);
                throw unreachable(uri);
            }, PATIENCE).ask(List.of("qemu+tcp://kvm7/system", "qemu+tcp://kvm8/system"), MIGRATION, GUEST))
                    .matches(e -> e.is(ErrorCode.OPERATION_ABORTED));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** Without heed of interrupts, as a connection that is being opened may be. */
    private static void await(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                // it is not to be hurried
            }
        }
    }
}

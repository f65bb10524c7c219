package dev.godwit.daemon.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Standing.Answer;
import dev.godwit.driver.Waiting;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** "Cancel, then look", at a daemon that does not have our program: what it is told and what is made of what it says. */
@Timeout(60)
class StockDestinationTest {

    private static final MigrationId MIGRATION =
            new MigrationId(UUID.fromString("0f0e0d0c-0b0a-4908-8706-050403020100"));
    private static final UUID HOST = UUID.fromString("61616161-1111-4111-8111-616161616161");
    private static final DomainRef GUEST =
            new DomainRef("web1", UUID.fromString("60601d00-0001-4001-8001-6060606060aa"), -1);
    private static final NonnullDomain THERE = new NonnullDomain("web1", GUEST.uuid(), 4);
    private static final MigrationProcedures.FinishArgs CANCEL = new MigrationProcedures.FinishArgs(
            List.of(new TypedParam("destination_name", new ParamValue.Text("web1"))), Opaque.empty(), 0, 1);

    private final ScriptedPeer peer = new ScriptedPeer();
    /** What one look after another shows; the last for ever. Nothing: it is not there. */
    private final Deque<Optional<StateReason>> looks = new ArrayDeque<>();

    @AfterEach
    void close() {
        peer.close();
    }

    private void shows(StateReason... states) {
        Arrays.stream(states).map(Optional::of).forEach(looks::add);
    }

    private Standing asked(Optional<VirtException> atCancel) throws Exception {
        return asked(atCancel, "qemu+tcp://kvm7/system");
    }

    private Standing asked(Optional<VirtException> atCancel, String uri) throws Exception {
        return asked(atCancel, uri, Duration.ZERO);
    }

    private Standing asked(Optional<VirtException> atCancel, String uri, Duration sent) throws Exception {
        peer.on(DomainProcedures.LOOKUP_BY_UUID, _ -> {
            if (looks.getFirst().isEmpty()) {
                throw ScriptedPeer.refusal(ErrorCode.NO_DOMAIN, "no domain with matching uuid");
            }
            return new DomainRet(THERE);
        });
        peer.on(DomainQueryProcedures.GET_STATE, _ -> {
            Optional<StateReason> now = looks.size() > 1 ? looks.removeFirst() : looks.getFirst();
            StateReason state = now.orElseThrow(() -> ScriptedPeer.refusal(ErrorCode.NO_DOMAIN, "no such guest"));
            return new DomainQueryProcedures.GetStateRet(state.state().number(), state.number());
        });
        peer.on(MigrationProcedures.FINISH, _ -> {
            throw atCancel.orElseThrow(() -> new AssertionError("cancelled"));
        });
        peer.on(ConnectProcedures.GET_CAPABILITIES, _ -> new ConnectProcedures.GetCapabilitiesRet(
                "<capabilities><host><uuid>" + HOST + "</uuid></host></capabilities>"));
        peer.start();
        return new PeerQuestions(() -> "kvm1", peer::open, Waiting.REAL,
                Duration.ofSeconds(30)).ask(List.of(uri), MIGRATION, GUEST, sent);
    }

    private long cancels() {
        return peer.calls.stream().filter(CANCEL::equals).count();
    }

    @Test
    void oneThatIsNotThereIsBarred() throws Exception {
        looks.add(Optional.empty());
        assertThat(asked(Optional.empty())).isEqualTo(new Standing(Answer.BARRED, 0,
                "libvirtd on kvm7 says: there is no web1 there, and no receiver waits for it"));
        assertThat(cancels()).isZero();
    }

    /** It may have been shut down there, or moved on, while the network was down. */
    @Test
    void theAbsenceOfOneThatWasSentLongAgoProvesNothing() throws Exception {
        looks.add(Optional.empty());
        assertThat(asked(Optional.empty(), "qemu+tcp://kvm7/system", Duration.ofMinutes(6))).isEqualTo(new Standing(
                Answer.UNCLEAR, 0, "libvirtd on kvm7 says: there is no web1 there, and no receiver waits for it, but it was sent long"
                        + " ago and may have run there and ended or left since"));
    }

    @Test
    void aReceiverThatIsEndedProvesItWheneverThatIs() throws Exception {
        shows(StateReason.PAUSED_MIGRATION);
        assertThat(asked(Optional.of(ScriptedPeer.refusal(ErrorCode.MIGRATE_FINISH_OK, "")), "qemu+tcp://kvm7/system",
                Duration.ofDays(1)).answer()).isEqualTo(Answer.BARRED);
    }

    @ParameterizedTest
    @EnumSource(names = {"SHUTOFF_FAILED", "SHUTOFF_DESTROYED", "SHUTOFF_CRASHED", "SHUTOFF_UNKNOWN"})
    void oneThatIsShutOffAsReceiversEndIsBarred(StateReason state) throws Exception {
        shows(state);
        assertThat(asked(Optional.empty()).answer()).isEqualTo(Answer.BARRED);
        assertThat(cancels()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"SHUTOFF_SHUTDOWN", "SHUTOFF_MIGRATED", "SHUTOFF_SAVED", "SHUTOFF_DAEMON"})
    void oneThatEndedAsNoReceiverDoesHadArrived(StateReason state) throws Exception {
        shows(state);
        assertThat(asked(Optional.empty()).answer()).isEqualTo(Answer.ARRIVED);
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING_MIGRATED", "RUNNING_BOOTED", "PAUSED_USER", "PAUSED_IOERROR", "BLOCKED_UNKNOWN",
        "SHUTDOWN_USER", "CRASHED_PANICKED", "PMSUSPENDED_UNKNOWN"})
    void oneThatRunsHasArrived(StateReason state) throws Exception {
        shows(state);
        assertThat(asked(Optional.empty()).answer()).isEqualTo(Answer.ARRIVED);
        assertThat(cancels()).as("a guest that runs is not touched").isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"RUNNING_POSTCOPY", "RUNNING_POSTCOPY_FAILED", "PAUSED_POSTCOPY", "PAUSED_POSTCOPY_FAILED",
        "NOSTATE_UNKNOWN"})
    void oneWhoseMemoryIsInTwoPlacesIsUnclear(StateReason state) throws Exception {
        shows(state);
        assertThat(asked(Optional.empty()).answer()).isEqualTo(Answer.UNCLEAR);
        assertThat(cancels()).isZero();
    }

    @Test
    void everyStateMeansSomething() throws Exception {
        for (StateReason state : StateReason.values()) {
            try (ScriptedPeer one = new ScriptedPeer()) {
                one.on(DomainProcedures.LOOKUP_BY_UUID, _ -> new DomainRet(THERE));
                one.on(DomainQueryProcedures.GET_STATE, _ ->
                        new DomainQueryProcedures.GetStateRet(state.state().number(), state.number()));
                one.on(MigrationProcedures.FINISH, _ -> {
                    throw ScriptedPeer.refusal(ErrorCode.MIGRATE_FINISH_OK, "");
                });
                one.start();
                assertThat(new PeerQuestions(() -> "kvm1", one::open, Waiting.REAL, Duration.ofSeconds(30))
                        .ask(List.of("qemu+tcp://kvm7/system"), MIGRATION, GUEST).evidence())
                        .as(state.name()).startsWith("libvirtd on kvm7 says: ").contains("web1");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PAUSED_MIGRATION", "PAUSED_STARTING_UP"})
    void aReceiverIsEnded(StateReason state) throws Exception {
        shows(state);
        assertThat(asked(Optional.of(ScriptedPeer.refusal(ErrorCode.MIGRATE_FINISH_OK, "")))).isEqualTo(new Standing(
                Answer.BARRED, 0, "libvirtd on kvm7 says: the receiver of web1 was ended when it was asked"));
        assertThat(cancels()).isEqualTo(1);
    }

    @Test
    void aReceiverThatVanishesBeforeItIsEndedIsBarred() throws Exception {
        looks.add(Optional.of(StateReason.PAUSED_MIGRATION));
        looks.add(Optional.empty());
        assertThat(asked(Optional.of(ScriptedPeer.refusal(ErrorCode.NO_DOMAIN, "no domain with matching name 'web1'")))
                .answer()).isEqualTo(Answer.BARRED);
    }

    @Test
    void aReceiverThatBeginsToRunBeforeItIsEndedHasArrived() throws Exception {
        shows(StateReason.PAUSED_MIGRATION, StateReason.RUNNING_MIGRATED);
        assertThat(asked(Optional.of(ScriptedPeer.refusal(ErrorCode.OPERATION_INVALID,
                "domain 'web1' is not processing incoming migration")))).isEqualTo(new Standing(Answer.ARRIVED, 0,
                "libvirtd on kvm7 says: web1 has run there: it is running (migrated)"));
    }

    /** On its way to a third host: paused for a migration, and no receiver. To call it barred would make a second copy. */
    @Test
    void oneThatLeavesAgainHasArrived() throws Exception {
        shows(StateReason.PAUSED_MIGRATION);
        assertThat(asked(Optional.of(ScriptedPeer.refusal(ErrorCode.OPERATION_INVALID,
                "domain 'web1' is not processing incoming migration")))).isEqualTo(new Standing(Answer.ARRIVED, 0,
                "libvirtd on kvm7 says: web1 is paused (migration) there and does not arrive any more"));
    }

    @Test
    void aReceiverThatCannotBeEndedIsUnclear() throws Exception {
        shows(StateReason.PAUSED_MIGRATION);
        assertThat(asked(Optional.of(ScriptedPeer.refusal(ErrorCode.OPERATION_TIMEOUT,
                "cannot acquire state change lock (held by monitor=remoteDispatchDomainMigrateFinish3Params)"))))
                .isEqualTo(new Standing(Answer.UNCLEAR, 0, "libvirtd on kvm7 says: the receiver of web1 could not be ended:"
                        + " Timed out during operation: cannot acquire state change lock"
                        + " (held by monitor=remoteDispatchDomainMigrateFinish3Params)"));
    }

    @Test
    void theHostThatIsMeantMayHaveAStockDaemonNow() throws Exception {
        looks.add(Optional.empty());
        assertThat(asked(Optional.empty(), "qemu+tcp://kvm7/system?hostuuid=" + HOST).answer()).isEqualTo(Answer.BARRED);
    }

    @Test
    void anotherHostIsNotBelieved() {
        looks.add(Optional.empty());
        UUID other = UUID.fromString("61616161-1111-4111-8111-616161616162");
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> asked(Optional.empty(), "qemu+tcp://kvm7/system?hostuuid=" + other))
                .withMessageContaining("host " + other + " is meant, and this is " + HOST);
    }
}

package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Guests;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.wire.remote.ConnectFlags;
import dev.godwit.wire.remote.DomainArgs;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Our own program, over a socket, with a hypervisor that answers what this test says. */
@Timeout(60)
class ResolutionCallsTest {

    private static final MigrationId MIGRATION = new MigrationId(new UUID(7, 7));
    private static final DomainRef WEB = new DomainRef("web1", new UUID(1, 1), -1);
    private static final DomainRef SECRET = new DomainRef("secret", new UUID(1, 2), -1);
    private static final NonnullDomain WEB_DOM = new NonnullDomain("web1", WEB.uuid(), -1);

    @TempDir
    Path folder;

    private final List<List<Object>> asked = Collections.synchronizedList(new ArrayList<>());
    private TestDaemon daemon;

    private static MigrationResolution.Report report(DomainRef guest) {
        return new MigrationResolution.Report(MIGRATION, guest.uuid(), guest.name(), true, "kvm7", 3, "PERFORM", true,
                "unknown", "kvm7 does not answer", "paused (migrating)");
    }

    private static byte[] entry(UUID migration, DomainRef guest) {
        return Opaque.copyOf(XdrCodec.of(MigrationEntry.class).encode(new MigrationEntry.Opened(migration, true, guest.uuid(),
                guest.name(), 1, List.of(), "kvm7", 0, 1))).toByteArray();
    }

    private Object answer(String method, Object... args) {
        List<Object> call = new ArrayList<>(List.of(method));
        Collections.addAll(call, args);
        asked.add(call);
        return switch (method) {
            case "ask" -> new Standing(Standing.Answer.BARRED, 0, "it never came");
            case "askAgain" -> new Standing(Standing.Answer.ARRIVED, 3, "it runs at kvm7");
            case "reports" -> List.of(report(WEB), report(SECRET));
            case "decide" -> {
                if (args[2].equals(false)) {
                    throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU, "kvm7 says that it runs there");
                }
                yield null;
            }
            case "journal" -> List.of(entry(new UUID(9, 1), WEB), entry(new UUID(9, 2), SECRET));
            default -> throw new AssertionError(method);
        };
    }

    private RawClient client(String... settings) throws Exception {
        return client(0, settings);
    }

    private RawClient client(int flags, String... settings) throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu")
                .with(MigrationResolution.class, FakeHypervisor.answering(MigrationResolution.class, this::answer))
                .with(Guests.class, FakeHypervisor.answering(Guests.class, (method, args) -> {
                    if (method.equals("byUuid") && args[0].equals(WEB.uuid())) {
                        return WEB;
                    }
                    throw new VirtException(ErrorCode.NO_DOMAIN, ErrorDomain.QEMU, "no such guest");
                })), settings);
        return RawClient.open(daemon.tcp(), "qemu:///system", flags);
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void theQuestionReachesTheHypervisor() throws Exception {
        try (RawClient client = client()) {
            assertThat(client.call(ResolutionProcedures.ASK, new ResolutionProcedures.AskArgs(MIGRATION.uuid(), WEB_DOM,
                    Optional.of(daemon.daemon.identity().uuid())))).isEqualTo(new ResolutionProcedures.StandingRet(
                    ResolutionProcedures.Answer.BARRED, 0, "it never came"));
            assertThat(asked).containsExactly(List.of("ask", MIGRATION, WEB));
        }
    }

    @Test
    void aHostThatIsNotMeantBarsNothing() throws Exception {
        try (RawClient client = client()) {
            RemoteError error = client.refused(ResolutionProcedures.ASK,
                    new ResolutionProcedures.AskArgs(MIGRATION.uuid(), WEB_DOM, Optional.of(new UUID(5, 5))));
            assertThat(error.code()).isEqualTo(55);
            assertThat(error.text()).startsWith("Requested operation is not valid: host " + new UUID(5, 5)
                    + " is meant, and this is ").endsWith("which is " + daemon.daemon.identity().uuid());
            assertThat(asked).isEmpty();
        }
    }

    @Test
    void theOthersDoToo() throws Exception {
        try (RawClient client = client()) {
            assertThat(client.call(ResolutionProcedures.REPORTS, new ResolutionProcedures.ReportsArgs(WEB.uuid())).reports())
                    .hasSize(2).first().isEqualTo(new ResolutionProcedures.Report(MIGRATION.uuid(), WEB.uuid(), "web1", true,
                            "kvm7", 3, "PERFORM", true, "unknown", "kvm7 does not answer", "paused (migrating)"));
            assertThat(client.call(ResolutionProcedures.ASK_AGAIN, new DomainArgs(WEB_DOM)))
                    .isEqualTo(new ResolutionProcedures.StandingRet(
                            ResolutionProcedures.Answer.ARRIVED, 3, "it runs at kvm7"));
            RemoteError error = client.refused(ResolutionProcedures.DECIDE, new ResolutionProcedures.DecideArgs(WEB_DOM,
                    ResolutionProcedures.Decision.SOURCE, false));
            assertThat(error.text()).isEqualTo("Requested operation is not valid: kvm7 says that it runs there");
            client.call(ResolutionProcedures.DECIDE, new ResolutionProcedures.DecideArgs(WEB_DOM,
                    ResolutionProcedures.Decision.SOURCE, true));
            client.call(ResolutionProcedures.DECIDE, new ResolutionProcedures.DecideArgs(WEB_DOM,
                    ResolutionProcedures.Decision.DESTINATION, true));
            assertThat(asked).containsExactly(List.of("reports", WEB.uuid()), List.of("askAgain", WEB),
                    List.of("decide", WEB, Verdict.CANCEL, false), List.of("decide", WEB, Verdict.CANCEL, true),
                    List.of("decide", WEB, Verdict.GO, true));
        }
    }

    @Test
    void theJournalIsGiven() throws Exception {
        try (RawClient client = client()) {
            ResolutionProcedures.JournalRet ret = client.call(ResolutionProcedures.JOURNAL,
                    new ResolutionProcedures.JournalArgs(Optional.of(WEB.uuid()), Opaque.empty()));
            assertThat(ret.entries()).containsExactly(
                    Opaque.of(entry(new UUID(9, 1), WEB)), Opaque.of(entry(new UUID(9, 2), SECRET)));
            assertThat(ret.next()).isEqualTo(Opaque.empty());
            assertThat(asked).containsExactly(List.of("journal", Optional.of(WEB.uuid())));
        }
    }

    @Test
    void aReadOnlyConnectionReadsAndAsksNothing() throws Exception {
        try (RawClient client = client(ConnectFlags.READ_ONLY)) {
            client.call(ResolutionProcedures.REPORTS, new ResolutionProcedures.ReportsArgs(WEB.uuid()));
            client.call(ResolutionProcedures.JOURNAL, new ResolutionProcedures.JournalArgs(Optional.empty(), Opaque.empty()));
            assertThat(client.refused(ResolutionProcedures.ASK, new ResolutionProcedures.AskArgs(MIGRATION.uuid(), WEB_DOM,
                    Optional.empty())).text()).isEqualTo("operation forbidden: read only access prevents godwitMigrationAsk");
            assertThat(client.refused(ResolutionProcedures.ASK_AGAIN, new DomainArgs(WEB_DOM)).code()).isEqualTo(29);
            assertThat(client.refused(ResolutionProcedures.DECIDE, new ResolutionProcedures.DecideArgs(WEB_DOM,
                    ResolutionProcedures.Decision.SOURCE, true)).code()).isEqualTo(29);
            assertThat(asked).extracting(List::getFirst).containsExactly("reports", "journal");
        }
    }

    @Test
    void thePolicyIsKept() throws Exception {
        Path policy = Files.writeString(folder.resolve("policy"), """
                allow address 127.0.0.1 connect.*
                allow address 127.0.0.1 domain.getattr,domain.read on web*
                """);
        try (RawClient client = client("access_policy_file = \"" + policy + "\"")) {
            assertThat(client.call(ResolutionProcedures.REPORTS, new ResolutionProcedures.ReportsArgs(WEB.uuid())).reports())
                    .extracting(ResolutionProcedures.Report::name).containsExactly("web1");
            assertThat(client.call(ResolutionProcedures.JOURNAL,
                    new ResolutionProcedures.JournalArgs(Optional.empty(), Opaque.empty())).entries())
                    .containsExactly(Opaque.of(entry(new UUID(9, 1), WEB)));
            for (RemoteError error : List.of(
                    client.refused(ResolutionProcedures.ASK,
                            new ResolutionProcedures.AskArgs(MIGRATION.uuid(), WEB_DOM, Optional.empty())),
                    client.refused(ResolutionProcedures.ASK_AGAIN, new DomainArgs(WEB_DOM)),
                    client.refused(ResolutionProcedures.DECIDE, new ResolutionProcedures.DecideArgs(WEB_DOM,
                            ResolutionProcedures.Decision.SOURCE, true)))) {
                assertThat(error.code()).isEqualTo(88);
                assertThat(error.text()).contains("domain:migrate on guest \"web1\"");
            }
            assertThat(asked).extracting(List::getFirst).containsExactly("reports", "journal");
        }
    }

    @Test
    void whereTheHypervisorHasNoneThatIsSaid() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu"));
        try (RawClient client = RawClient.open(daemon.tcp(), "qemu:///system")) {
            RemoteError error = client.refused(ResolutionProcedures.REPORTS,
                    new ResolutionProcedures.ReportsArgs(WEB.uuid()));
            assertThat(error.code()).isEqualTo(3);
            assertThat(error.domain()).as("the hypervisor's, which tells it from a daemon without the program")
                    .isEqualTo(10);
        }
    }

    @Test
    void itSaysWhereItIsReached() throws Exception {
        daemon = TestDaemon.start(folder, List.of(new FakeHypervisor("qemu"), new FakeHypervisor("test")));
        int port = ((java.net.InetSocketAddress) daemon.tcp()).getPort();
        String me = "?hostuuid=" + daemon.daemon.identity().uuid();
        assertThat(daemon.daemon.reachableAt("qemu")).containsExactly("qemu+tcp://127.0.0.1:" + port + "/system" + me);
        assertThat(daemon.daemon.reachableAt("test")).containsExactly("test+tcp://127.0.0.1:" + port + "/default" + me);
    }

    @Test
    void anAdministratorMaySayItBetter() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu"),
                "migration_ask_uris = [\"qemu+ssh://kvm7/system\", \"test+tcp://kvm7/default\"]");
        assertThat(daemon.daemon.reachableAt("qemu")).containsExactly(
                "qemu+ssh://kvm7/system?hostuuid=" + daemon.daemon.identity().uuid());
    }
}

package dev.godwit.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.driver.contract.ContractHost;
import dev.godwit.driver.contract.DriverContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests that are sent to a QEMU that nobody manages; whoever dies meanwhile. */
@Tag("qemu")
@Timeout(120)
class QemuUnmanagedLiveTest extends DriverContract {

    private static final Set<MigrationFlag> LIVE = Set.of(MigrationFlag.LIVE);

    @TempDir
    Path folder;

    private final UUID uuid = UUID.randomUUID();
    private final Map<String, String> options = new HashMap<>();
    private ContractHost host;
    private BareQemu receiver;

    @Override
    protected HypervisorDriver newDriver() {
        return new QemuDriver();
    }

    @Override
    protected ErrorDomain errorDomain() {
        return ErrorDomain.QEMU;
    }

    @Override
    protected Map<String, String> options() {
        return Map.copyOf(options);
    }

    /** So much memory that, at 1 MiB/s, even a guest that uses none of it is under way for seconds. */
    @Override
    protected String definition(String name, UUID identity) {
        return """
                <domain type='qemu'><name>%s</name><uuid>%s</uuid><memory unit='GiB'>2</memory>
                <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
                <devices><controller type='usb' model='none'/><memballoon model='none'/></devices></domain>"""
                .formatted(name, identity);
    }

    @Override
    protected void crash(ContractHost where, DomainRef guest) {
        throw new AssertionError("not here");
    }

    @BeforeEach
    void one() {
        host = host("a");
    }

    @AfterEach
    void endReceiver() throws Exception {
        if (receiver != null) {
            receiver.close();
        }
    }

    private DomainRef create() {
        return host.guests().create(definition("web1", uuid), Set.of(), Client.NONE);
    }

    /** A QEMU of the same shape as the guest's, which runs what it is sent. */
    private String receive(DomainRef guest) throws Exception {
        receiver = BareQemu.like(commandLine(guest), folder);
        String uri = "tcp:127.0.0.1:" + freePort();
        receiver.execute("migrate-incoming", "\"uri\":\"" + uri + "\"");
        return uri.replace("tcp:", "tcp://");
    }

    private List<String> commandLine(DomainRef guest) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().arguments().map(List::of).orElse(List.of()).stream()
                        .anyMatch(word -> word.contains(host.setting().runDir() + "/"))
                        && String.join(" ", process.info().arguments().orElseThrow()).contains(guest.uuid().toString()))
                .map(process -> List.of(process.info().arguments().orElseThrow()))
                .findFirst().orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private UnmanagedMigration unmanaged() {
        return host.session().facet(UnmanagedMigration.class).orElseThrow();
    }

    private CompletableFuture<JobStats> sending(MigrationRequest request) {
        CompletableFuture<JobStats> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(unmanaged().send(request, PerformControl.NONE));
            } catch (VirtException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private String status(DomainRef guest) {
        return host.session().facet(MonitorAccess.class).orElseThrow().command(guest, "info migrate", true);
    }

    private void awaitActive(DomainRef guest) {
        await("memory is sent", () -> status(guest).contains("active"));
    }

    @Test
    void itGoesToABareReceiverAndRunsThere() throws Exception {
        DomainRef guest = create();
        String uri = receive(guest);
        host.forgetEvents();

        JobStats last = unmanaged().send(MigrationRequest.of(guest, LIVE).withUri(uri), PerformControl.NONE);

        assertThat(last.type()).isEqualTo(JobType.COMPLETED);
        assertThat(last.orZero(JobField.DATA_PROCESSED)).isPositive();
        assertThat(host.state(guest)).as("the transient original is gone").isEmpty();
        assertThat(host.lifecycle(guest)).endsWith(Lifecycle.STOPPED_MIGRATED);
        receiver.awaitRunning();
    }

    @Test
    void withoutLiveItArrivesRunningAsWell() throws Exception {
        DomainRef guest = create();
        String uri = receive(guest);

        unmanaged().send(MigrationRequest.of(guest, Set.of()).withUri(uri), PerformControl.NONE);

        receiver.awaitRunning();
    }

    @Test
    void aPersistentGuestKeepsItsConfigurationUnlessItIsToGo() throws Exception {
        DomainRef guest = host.guests().define(definition("web1", uuid), Set.of());
        host.guests().start(guest, Set.of(), Client.NONE);
        guest = host.guests().byUuid(uuid);
        unmanaged().send(MigrationRequest.of(guest, LIVE).withUri(receive(guest)), PerformControl.NONE);
        assertThat(host.state(guest)).contains(StateReason.SHUTOFF_MIGRATED);
        receiver.awaitRunning();
        receiver.close();

        host.guests().start(guest, Set.of(), Client.NONE);
        guest = host.guests().byUuid(uuid);
        unmanaged().send(MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.UNDEFINE_SOURCE))
                .withUri(receive(guest)), PerformControl.NONE);
        assertThat(host.state(guest)).isEmpty();
    }

    @Test
    void theDaemonsEndDoesNotEndItAndTheNextOneSeesToTheOriginal() throws Exception {
        DomainRef guest = create();
        String uri = receive(guest);
        CompletableFuture<JobStats> sending = sending(MigrationRequest.of(guest, LIVE).withUri(uri).withBandwidthMiB(1));
        awaitActive(guest);

        host.restart();

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> sending.get(30, TimeUnit.SECONDS))
                .withMessageContaining("goes on to its receiver without it");
        assertThat(host.state(guest)).as("it is still under way").contains(StateReason.RUNNING_BOOTED);
        assertThat(host.jobs().stats(guest).type()).isNotEqualTo(JobType.NONE);
        await("the original is ended", () -> host.state(guest).isEmpty());
        receiver.awaitRunning();
    }

    @Test
    void whatEndedWhileNoDaemonRanIsFoundToHaveEnded() throws Exception {
        DomainRef guest = create();
        String uri = receive(guest);
        sending(MigrationRequest.of(guest, LIVE).withUri(uri).withBandwidthMiB(1));
        awaitActive(guest);

        host.session().close();
        receiver.awaitRunning();
        host.restart();

        await("the original is ended", () -> host.state(guest).isEmpty());
    }

    @Test
    void aReceiverThatDiesLeavesTheGuestRunningHere() throws Exception {
        DomainRef guest = create();
        String uri = receive(guest);
        CompletableFuture<JobStats> sending = sending(MigrationRequest.of(guest, LIVE).withUri(uri).withBandwidthMiB(1));
        awaitActive(guest);

        receiver.close();

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> sending.get(60, TimeUnit.SECONDS))
                .withMessageContaining("job 'migration out' failed");
        assertThat(host.state(guest)).get().isIn(StateReason.RUNNING_BOOTED, StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(host.jobs().stats(guest).type()).isEqualTo(JobType.NONE);
        // And it can still go.
        unmanaged().send(MigrationRequest.of(guest, LIVE).withUri(receive(guest)), PerformControl.NONE);
        receiver.awaitRunning();
    }

    @Test
    void itCanBeCancelled() throws Exception {
        DomainRef guest = create();
        String uri = receive(guest);
        CompletableFuture<JobStats> sending = sending(MigrationRequest.of(guest, LIVE).withUri(uri).withBandwidthMiB(1));
        awaitActive(guest);

        host.jobs().abort(guest);

        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> sending.get(60, TimeUnit.SECONDS))
                .withMessageContaining("canceled by client");
        assertThat(host.state(guest)).get().isIn(StateReason.RUNNING_BOOTED, StateReason.RUNNING_MIGRATION_CANCELED);
    }

    @Test
    void whereNobodyWaitsTheGuestIsNotTouched() throws Exception {
        DomainRef guest = create();
        host.forgetEvents();
        int port = freePort();

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> unmanaged().send(
                        MigrationRequest.of(guest, Set.of()).withUri("tcp://127.0.0.1:" + port), PerformControl.NONE))
                .withMessageContaining("Connection refused").withMessageContaining("What helps");

        assertThat(host.state(guest)).contains(StateReason.RUNNING_BOOTED);
        assertThat(host.events()).isEmpty();
        assertThat(status(guest)).as("QEMU was told nothing").doesNotContain("failed");
    }

    @Test
    void aGuestThatArrivedHereIsNotTakenForOneThatHasLeft() throws Exception {
        ContractHost other = host("b");
        DomainRef guest = create();
        assertThat(dev.godwit.migration.MigrationProtocol.run(host.source(), other.destination(),
                MigrationRequest.of(guest, LIVE), PerformControl.NONE).failure()).isEmpty();
        host = other;

        // QEMU still says "completed" of its arrival; that a receiver is missing must not end the guest.
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> unmanaged().send(
                MigrationRequest.of(guest, LIVE).withUri("tcp://127.0.0.1:" + freePort()), PerformControl.NONE));

        assertThat(host.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void whatOnlyADaemonOverThereCouldDoIsRefusedByName() {
        DomainRef guest = create();
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> unmanaged().send(MigrationRequest.of(guest, Set.of(MigrationFlag.PERSIST_DEST))
                        .withUri("tcp://h:1").withDestinationName("web2"), PerformControl.NONE))
                .withMessage("argument unsupported: there is nobody at the destination of a direct migration to see to"
                        + " flag VIR_MIGRATE_PERSIST_DEST, parameter 'destination_name'");
    }

    @Test
    void overAUnixSocketEncrypted() throws Exception {
        Path certificates = new Certificates(folder.resolve("pki")).folder("both", "web.example.net", "server", "client");
        options.put("migrate_tls_x509_cert_dir", certificates.toString());
        host = host("b");
        DomainRef guest = create();
        receiver = BareQemu.like(commandLine(guest), folder);
        receiver.tls(certificates);
        receiver.execute("migrate-incoming", "\"uri\":\"unix:" + folder.resolve("in") + "\"");

        unmanaged().send(MigrationRequest.of(guest, Set.of(MigrationFlag.LIVE, MigrationFlag.TLS))
                .withTlsDestination("web.example.net").withUri("unix://" + folder.resolve("in")), PerformControl.NONE);

        receiver.awaitRunning();
    }
}

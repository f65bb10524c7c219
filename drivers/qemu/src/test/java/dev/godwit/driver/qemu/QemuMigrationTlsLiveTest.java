package dev.godwit.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.contract.ContractHost;
import dev.godwit.driver.contract.DriverContract;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.migration.MigrationProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** QEMU's own TLS between two real QEMUs, with real certificates: what gets through, what does not, and what is left of it. */
@Tag("qemu")
@Timeout(180)
class QemuMigrationTlsLiveTest extends DriverContract {

    private static final Set<MigrationFlag> TLS = Set.of(MigrationFlag.LIVE, MigrationFlag.TLS);
    private static final Set<MigrationFlag> CLEAR = Set.of(MigrationFlag.LIVE);

    @TempDir
    Path pki;

    private final Map<String, String> options = new HashMap<>();
    private Certificates certificates;

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

    @Override
    protected String definition(String name, UUID uuid) {
        return """
                <domain type='qemu'><name>%s</name><uuid>%s</uuid><memory unit='MiB'>64</memory>
                <os><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features>
                <devices><controller type='usb' model='none'/><memballoon model='none'/></devices></domain>"""
                .formatted(name, uuid);
    }

    @Override
    protected void crash(ContractHost host, DomainRef guest) {
        throw new AssertionError("not here");
    }

    @BeforeEach
    void authority() throws IOException {
        certificates = new Certificates(pki.resolve("ca"));
    }

    private ContractHost host(String name, Path folder, String... more) {
        options.clear();
        options.put("migrate_tls_x509_cert_dir", folder.toString());
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return host(name);
    }

    private Path both(String name) throws IOException {
        return certificates.folder(name, "127.0.0.1", "server", "client");
    }

    private DomainRef create(ContractHost host) {
        return host.guests().create(definition("web1", UUID.randomUUID()), Set.of(), Client.NONE);
    }

    private static MigrationOutcome migrate(ContractHost from, ContractHost to, MigrationRequest request) {
        return MigrationProtocol.run(from.source(), to.destination(), request, PerformControl.NONE);
    }

    private static String qmp(ContractHost host, DomainRef guest, String command) {
        return host.session().facet(MonitorAccess.class).orElseThrow()
                .command(guest, "{\"execute\":" + command + "}", false).replaceAll("\"id\": ?\"[^\"]*\"", "");
    }

    /** All that a migration could leave in a QEMU. */
    private static String settings(ContractHost host, DomainRef guest) {
        // Events are turned on once and stay on; without them QEMU would never say that it is done.
        String capabilities = qmp(host, guest, "\"query-migrate-capabilities\"")
                .replace("{\"state\":true,\"capability\":\"events\"}", "{\"state\":false,\"capability\":\"events\"}");
        return qmp(host, guest, "\"query-migrate-parameters\"") + capabilities
                + qmp(host, guest, "\"qom-list\",\"arguments\":{\"path\":\"/objects\"}");
    }

    private static void stays(ContractHost from, ContractHost to, DomainRef guest, String before) {
        assertThat(from.state(guest)).get()
                .isIn(StateReason.RUNNING_BOOTED, StateReason.RUNNING_MIGRATION_CANCELED);
        assertThat(to.state(guest)).isEmpty();
        assertThat(settings(from, guest).equals(before)).as("what QEMU was told before").isTrue();
    }

    @Test
    void aGuestMovesEncryptedAndBackAndNothingOfItIsLeft() throws IOException {
        ContractHost a = host("a", both("a"));
        ContractHost b = host("b", both("b"));
        DomainRef guest = create(a);
        String before = settings(a, guest);

        assertThat(migrate(a, b, MigrationRequest.of(guest, TLS)).failure()).isEmpty();
        assertThat(settings(b, guest).equals(before)).isTrue();
        assertThat(migrate(b, a, MigrationRequest.of(guest, TLS)).failure()).isEmpty();

        assertThat(settings(a, guest).equals(before)).isTrue();
        assertThat(a.state(guest)).contains(StateReason.RUNNING_MIGRATED);
        assertThat(migrate(a, b, MigrationRequest.of(guest, CLEAR)).failure()).as("in clear, afterwards").isEmpty();
    }

    @Test
    void keysMayNeedAPassword() throws IOException {
        Path password = Files.writeString(pki.resolve("password"), "to be or not");
        Path folder = certificates.withPassword("a", "127.0.0.1", "to be or not", "server", "client");
        ContractHost a = host("a", folder, "migrate_tls_x509_password_file", password.toString());
        ContractHost b = host("b", folder, "migrate_tls_x509_password_file", password.toString());
        DomainRef guest = create(a);
        String before = settings(a, guest);

        assertThat(migrate(a, b, MigrationRequest.of(guest, TLS)).failure()).isEmpty();

        assertThat(settings(b, guest).equals(before)).isTrue();
    }

    @Test
    void aWrongNameInTheCertificateEndsTheMigrationAndNotTheGuest() throws IOException {
        ContractHost a = host("a", both("a"));
        ContractHost b = host("b", certificates.folder("b", "kvm7.example.net", "server", "client"));
        DomainRef guest = create(a);
        String before = settings(a, guest);

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, TLS));

        assertThat(outcome.failure()).get().asString()
                .contains("Certificate does not match the hostname 127.0.0.1");
        stays(a, b, guest, before);
        // The page's way out: say which name it has.
        assertThat(migrate(a, b, MigrationRequest.of(guest, TLS).withTlsDestination("kvm7.example.net")).failure())
                .isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aSenderWithoutACertificateIsTurnedAwayUnlessTheReceiverAsksForNone() throws IOException {
        Path onlyServer = certificates.folder("bare", "127.0.0.1", "server");
        ContractHost a = host("a", onlyServer);
        ContractHost strict = host("b", both("b"));
        DomainRef guest = create(a);
        String before = settings(a, guest);

        MigrationOutcome outcome = migrate(a, strict, MigrationRequest.of(guest, TLS));

        assertThat(outcome.failure()).get().asString().contains("No certificate was found");
        stays(a, strict, guest, before);
    }

    @Test
    void aReceiverMayAskForNoCertificate() throws IOException {
        ContractHost a = host("a", certificates.folder("bare", "127.0.0.1", "server"));
        ContractHost b = host("b", both("b"), "migrate_tls_x509_verify", "0");
        DomainRef guest = create(a);

        assertThat(migrate(a, b, MigrationRequest.of(guest, TLS)).failure()).isEmpty();
        assertThat(b.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aReceiverWithoutACertificateIsRefusedInPrepare() throws IOException {
        ContractHost a = host("a", both("a"));
        ContractHost b = host("b", certificates.folder("none", "127.0.0.1"));
        DomainRef guest = create(a);
        String before = settings(a, guest);

        MigrationOutcome outcome = migrate(a, b, MigrationRequest.of(guest, TLS));

        assertThat(outcome.failure()).get().asString().contains("object-add").contains("server-cert.pem");
        stays(a, b, guest, before);
    }

    @Test
    void anAuthorityThatNobodyKnowsIsNotTrusted() throws IOException {
        ContractHost a = host("a", both("a"));
        ContractHost b = host("b", new Certificates(pki.resolve("other")).folder("b", "127.0.0.1", "server", "client"));
        DomainRef guest = create(a);
        String before = settings(a, guest);

        assertThat(migrate(a, b, MigrationRequest.of(guest, TLS)).failure()).get().asString()
                .containsIgnoringCase("certificate");

        stays(a, b, guest, before);
    }

    @Test
    void aHostThatForcesItNeitherSendsNorTakesInClear() throws IOException {
        ContractHost a = host("a", both("a"));
        ContractHost forced = host("b", both("b"), "migrate_tls_force", "1");
        DomainRef guest = create(a);

        assertThat(migrate(a, forced, MigrationRequest.of(guest, CLEAR)).failure()).get().asString()
                .contains("this libvirtd instance allows migration only with VIR_MIGRATE_TLS flag");
        assertThat(a.state(guest)).contains(StateReason.RUNNING_BOOTED);
        assertThat(migrate(a, forced, MigrationRequest.of(guest, TLS)).failure()).isEmpty();
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> forced.source().begin(MigrationRequest.of(guest, CLEAR)))
                .withMessageContaining("VIR_MIGRATE_TLS")
                .satisfies(e -> assertThat(e.codeNumber()).isEqualTo(55));
        assertThat(forced.state(guest)).contains(StateReason.RUNNING_MIGRATED);
    }

    @Test
    void aHostWithoutAFolderOfCertificatesSaysSo() {
        options.clear();
        ContractHost a = host("a");
        DomainRef guest = create(a);
        ContractHost b = host("b");
        if (Files.isDirectory(Path.of("/etc/pki/qemu")) || Files.isDirectory(Path.of("/etc/pki/libvirt-migrate"))) {
            return; // This machine has one.
        }

        assertThat(migrate(a, b, MigrationRequest.of(guest, TLS)).failure()).get().asString()
                .contains("host migration TLS directory not configured");
    }
}

package dev.godwit.driver.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.BareReceiver;
import dev.godwit.driver.Client;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.driver.XmlFlag;
import dev.godwit.driver.contract.ContractHost;
import dev.godwit.driver.contract.DriverContract;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A QEMU that waits alone, made from what the source says of its guest. */
@Tag("qemu")
@Timeout(120)
class QemuBareReceiverLiveTest extends DriverContract {

    private final Map<String, String> options = new HashMap<>();
    private final List<ProcessHandle> left = new ArrayList<>();
    private ContractHost source;
    private ContractHost there;

    @TempDir
    Path folder;

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
                <devices><serial type='pty'/><graphics type='vnc' autoport='yes'/></devices></domain>"""
                .formatted(name, uuid);
    }

    @Override
    protected void crash(ContractHost host, DomainRef guest) {
        throw new AssertionError("not here");
    }

    @BeforeEach
    void hosts() {
        source = host("a");
        there = host("b"); // A daemon may run on that host as well; the receiver has nothing to do with it.
    }

    @AfterEach
    void nobodyStays() {
        left.forEach(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
    }

    private DomainRef create() {
        return source.guests().create(definition("web1", UUID.randomUUID()), Set.of(), Client.NONE);
    }

    private BareReceiver receive(DomainRef guest, String uri, boolean tls) {
        String xml = source.guests().xml(guest, Set.of(XmlFlag.MIGRATABLE, XmlFlag.SECURE));
        return newDriver().receive(there.setting(), new BareReceiver.Order(xml, uri, tls)).orElseThrow();
    }

    private ProcessHandle process(BareReceiver receiver) {
        Matcher pid = Pattern.compile("process (\\d+)").matcher(receiver.description());
        assertThat(pid.find()).isTrue();
        ProcessHandle process = ProcessHandle.of(Long.parseLong(pid.group(1))).orElseThrow();
        left.add(process);
        return process;
    }

    private void send(DomainRef guest, String uri, MigrationFlag... flags) {
        source.session().facet(UnmanagedMigration.class).orElseThrow().send(
                MigrationRequest.of(guest, Set.of(flags)).withUri(uri), PerformControl.NONE);
    }

    private List<Path> filesLeft() throws IOException {
        Path run = there.setting().runDir().resolve("receive");
        if (!Files.exists(run)) {
            return List.of();
        }
        try (var all = Files.walk(run)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    @Test
    void theGuestComesAndRunsAndNobodyIsNeededForThat() {
        DomainRef guest = create();
        BareReceiver receiver = receive(guest, "tcp://127.0.0.1", false);
        ProcessHandle process = process(receiver);
        assertThat(receiver.uri()).matches("tcp://127.0.0.1:\\d+");
        assertThat(receiver.guest()).isEqualTo("web1");

        send(guest, receiver.uri(), MigrationFlag.LIVE);

        assertThat(receiver.await()).as("whether it runs").isTrue();
        receiver.close();
        assertThat(process.isAlive()).as("the guest, after its receiver was closed").isTrue();
        assertThat(source.state(guest)).isEmpty();
    }

    @Test
    void itComesEvenWhenWhoeverStartedTheReceiverIsGone() throws Exception {
        DomainRef guest = create();
        Path socket = folder.resolve("in");
        BareReceiver receiver = receive(guest, "unix://" + socket, false);
        ProcessHandle process = process(receiver);
        receiver.leave();

        send(guest, "unix://" + socket, MigrationFlag.LIVE);

        assertThat(process.isAlive()).isTrue();
        Matcher monitor = Pattern.compile("QMP at (\\S+),").matcher(receiver.description());
        assertThat(monitor.find()).isTrue();
        try (BareQemu bare = BareQemu.at(Path.of(monitor.group(1)))) {
            bare.awaitRunning();
        }
    }

    @Test
    void aGuestThatWasPausedComesPaused() {
        DomainRef guest = create();
        BareReceiver receiver = receive(guest, "tcp://127.0.0.1", false);
        process(receiver);
        source.guests().suspend(guest);

        send(guest, receiver.uri());

        assertThat(receiver.await()).as("whether it runs").isFalse();
        receiver.close();
    }

    @Test
    void closedBeforeAnythingCameItLeavesNothing() throws Exception {
        BareReceiver receiver = receive(create(), "tcp://127.0.0.1", false);
        ProcessHandle process = process(receiver);

        receiver.close();

        process.onExit().join();
        assertThat(filesLeft()).isEmpty();
        assertThatExceptionOfType(VirtException.class).isThrownBy(receiver::await);
    }

    @Test
    void whatIsNotTheGuestEndsIt() throws Exception {
        BareReceiver receiver = receive(create(), "tcp://127.0.0.1", false);
        ProcessHandle process = process(receiver);
        int port = Integer.parseInt(receiver.uri().substring(receiver.uri().lastIndexOf(':') + 1));
        try (var stranger = new java.net.Socket("127.0.0.1", port)) {
            stranger.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        }

        assertThatExceptionOfType(VirtException.class).isThrownBy(receiver::await).withMessageContaining("Not a migration");

        process.onExit().join();
        assertThat(filesLeft()).isEmpty();
    }

    @Test
    void oneThatIsThereIsNotTakenApartByASecondOne() throws Exception {
        DomainRef guest = create();
        BareReceiver receiver = receive(guest, "tcp://127.0.0.1", false);
        ProcessHandle process = process(receiver);

        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> receive(guest, "tcp://127.0.0.1", false))
                .withMessageContaining("already, as process " + process.pid());

        send(guest, receiver.uri(), MigrationFlag.LIVE);
        assertThat(receiver.await()).isTrue();
        receiver.close();
    }

    @Test
    void aPortThatIsTakenIsSaidBeforeAnythingIsStarted() throws Exception {
        DomainRef guest = create();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> receive(guest, "tcp://127.0.0.1:" + taken.getLocalPort(), false))
                    .withMessageContaining("Port " + taken.getLocalPort() + " of b.example.net is taken");
        }
        assertThat(filesLeft()).isEmpty();
    }

    @Test
    void encrypted() throws Exception {
        Path both = new Certificates(folder.resolve("ca")).folder("both", "127.0.0.1", "server", "client");
        options.put("migrate_tls_x509_cert_dir", both.toString());
        source = host("c");
        there = host("d");
        DomainRef guest = create();
        BareReceiver receiver = receive(guest, "tcp://127.0.0.1", true);
        process(receiver);

        send(guest, receiver.uri(), MigrationFlag.LIVE, MigrationFlag.TLS);

        assertThat(receiver.await()).isTrue();
        receiver.close();
    }
}

package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostSession;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.simulated.SimulatedDriver;
import dev.godwit.driver.simulated.SimulatedWorld;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stock virsh drives the daemon; skipped where it is not installed. The guests are simulated. */
@Timeout(120)
class VirshTest {

    private static final Path VIRSH = Path.of("/usr/bin/virsh");
    private static final String GUEST = """
            <domain type='test'>
              <name>web</name>
              <uuid>11111111-2222-4333-8444-555555555555</uuid>
              <title>shop window</title>
              <memory unit='MiB'>512</memory>
              <vcpu>2</vcpu>
              <os><type>hvm</type></os>
            </domain>
            """;

    @TempDir
    Path folder;

    private final SimulatedWorld world = new SimulatedWorld();
    private TestDaemon daemon;
    private Path definition;

    /** What a command said and how it ended. */
    private record Said(String out, String err, int code) {}

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(VIRSH), "virsh is not installed");
        daemon = TestDaemon.start(folder.resolve("a"), on("kvm1"));
        definition = Files.writeString(folder.resolve("web.xml"), GUEST);
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    /** A simulated host of some name, although both daemons run on this one. */
    private HypervisorDriver on(String name) {
        SimulatedDriver driver = new SimulatedDriver(world);
        return new HypervisorDriver() {
            @Override
            public String scheme() {
                return driver.scheme();
            }

            @Override
            public HostSession open(HostSetting s) {
                return driver.open(new HostSetting(new HostIdentity(name, s.host().uuid()), s.privileged(),
                        s.configDir(), s.stateDir(), s.runDir(), s.logDir(), s.migration(), s.options(), s.clock(),
                        s.random(), s.waiting(), s.journal(), s.peers()));
            }
        };
    }

    private static String uri(TestDaemon host) {
        return "test+tcp://127.0.0.1:" + ((InetSocketAddress) host.tcp()).getPort() + "/default";
    }

    private Said virsh(String... words) throws Exception {
        return virshOn(daemon, words);
    }

    private Said virshOn(TestDaemon host, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(VIRSH.toString(), "-c", uri(host)));
        command.addAll(List.of(words));
        Path out = Files.createTempFile(folder, "out", "");
        Path err = Files.createTempFile(folder, "err", "");
        ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("virsh %s ends", List.of(words)).isTrue();
        return new Said(read(out), read(err), process.exitValue());
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }

    private String good(String... words) throws Exception {
        Said said = virsh(words);
        assertThat(said.code()).as("virsh %s: %s", List.of(words), said.err()).isZero();
        return said.out();
    }

    private String bad(String... words) throws Exception {
        Said said = virsh(words);
        assertThat(said.code()).as("virsh %s: %s", List.of(words), said.out()).isEqualTo(1);
        return said.err();
    }

    @Test
    void theLifeOfAGuest() throws Exception {
        assertThat(good("define", definition.toString())).startsWith("Domain 'web' defined");
        assertThat(good("list", "--all", "--name")).isEqualTo("test\n\nweb".replace("\n\n", "\n"));
        assertThat(good("domstate", "web", "--reason")).startsWith("shut off");
        assertThat(good("autostart", "web")).contains("marked as autostarted");
        assertThat(good("start", "web")).isEqualTo("Domain 'web' started");
        assertThat(good("domstate", "web", "--reason")).isEqualTo("running (booted)");
        assertThat(good("dominfo", "web")).contains("Name:           web", "OS Type:        hvm", "CPU(s):         2",
                "Max memory:     524288 KiB", "Persistent:     yes", "Autostart:      enable", "Security model: none");
        assertThat(good("domid", "web")).isEqualTo("2");
        assertThat(good("domuuid", "web")).isEqualTo("11111111-2222-4333-8444-555555555555");
        assertThat(good("domname", "11111111-2222-4333-8444-555555555555")).isEqualTo("web");
        assertThat(good("list", "--title")).contains("shop window");
        assertThat(good("dumpxml", "web")).startsWith("<domain type='test' id='2'>").contains("<name>web</name>");
        assertThat(good("dumpxml", "web", "--inactive")).startsWith("<domain type='test'>");
        assertThat(good("suspend", "web")).isEqualTo("Domain 'web' suspended");
        assertThat(good("domstate", "web", "--reason")).isEqualTo("paused (user)");
        assertThat(good("resume", "web")).isEqualTo("Domain 'web' resumed");
        assertThat(good("domcontrol", "web")).isEqualTo("ok");
        assertThat(good("vcpucount", "web", "--maximum", "--live")).isEqualTo("2");
        assertThat(good("domstats", "web", "--state", "--balloon")).contains("state.state=1", "balloon.maximum=524288");
        assertThat(bad("start", "web")).contains("error: Domain is already active");
        assertThat(bad("domjobabort", "web"))
                .contains("Requested operation is not valid: no job is active on the domain");
        assertThat(good("domjobinfo", "web")).contains("Job type:         None");
        assertThat(good("destroy", "web")).isEqualTo("Domain 'web' destroyed");
        assertThat(good("undefine", "web")).isEqualTo("Domain 'web' has been undefined");
        assertThat(bad("dominfo", "web")).isEqualTo("error: failed to get domain 'web'");
    }

    @Test
    void theHost() throws Exception {
        assertThat(good("uri")).isEqualTo(uri(daemon));
        assertThat(good("hostname")).isNotBlank();
        assertThat(good("nodeinfo")).contains("CPU(s):");
        assertThat(good("capabilities")).contains("<uuid>" + daemon.daemon.identity().uuid() + "</uuid>");
        assertThat(good("version", "--daemon")).contains("Running against daemon: 1.2.3");
        assertThat(good("net-list", "--name")).isEmpty();
        assertThat(good("pool-list", "--name")).isEmpty();
        assertThat(good("snapshot-list", "test", "--name")).isEmpty();
    }

    @Test
    void aReadOnlyConnectionChangesNothing() throws Exception {
        assertThat(good("-r", "domstate", "test")).isEqualTo("running");
        assertThat(bad("-r", "destroy", "test"))
                .contains("error: operation forbidden: read only access prevents virDomainDestroy");
        assertThat(bad("-r", "dumpxml", "test", "--security-info"))
                .contains("error: operation forbidden: virDomainGetXMLDesc with secure flag");
        assertThat(good("domstate", "test")).isEqualTo("running");
    }

    @Test
    void badInputGetsOneClearError() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.xml"), "<domain><name>x</domain>");
        assertThat(bad("define", broken.toString())).contains("at line 1:");
        Path hostile = Files.writeString(folder.resolve("hostile.xml"), """
                <!DOCTYPE domain [<!ENTITY x SYSTEM "file:///etc/passwd">]>
                <domain type='test'><name>&x;</name></domain>
                """);
        assertThat(bad("define", hostile.toString())).doesNotContain("root:");
        for (String name : List.of("a/b", "..", "")) {
            Path file = Files.writeString(folder.resolve("named.xml"), GUEST.replace(">web<", ">" + name + "<"));
            bad("define", file.toString());
        }
        good("define", definition.toString());
        Path twin = Files.writeString(folder.resolve("twin.xml"), GUEST.replace("1111-2222", "9999-2222"));
        assertThat(bad("define", twin.toString())).contains("error: operation failed: domain 'web' already exists with"
                + " uuid 11111111-2222-4333-8444-555555555555");
        assertThat(good("list", "--all", "--name").lines().filter(line -> !line.isBlank())).containsExactly("test", "web");
    }

    @Test
    void eventsArrive() throws Exception {
        good("define", definition.toString());
        Process event = new ProcessBuilder(VIRSH.toString(), "-c", uri(daemon), "event", "--all", "--loop",
                "--timeout", "60").redirectErrorStream(true).start();
        try {
            TestDaemon.until("virsh has registered", () -> daemon.daemon.eventRegistrationCount() >= 27);
            good("start", "web");
            good("destroy", "web");
            try (var lines = event.inputReader()) {
                List<String> seen = lines.lines().filter(line -> line.contains("lifecycle")).limit(3).toList();
                assertThat(seen).containsExactly("event 'lifecycle' for domain 'web': Resumed Unpaused",
                        "event 'lifecycle' for domain 'web': Started Booted",
                        "event 'lifecycle' for domain 'web': Stopped Destroyed");
            }
        } finally {
            event.destroyForcibly();
        }
        TestDaemon.until("its registrations are gone", () -> daemon.daemon.eventRegistrationCount() == 0);
    }

    @Test
    void aGuestMoves() throws Exception {
        try (TestDaemon there = TestDaemon.start(folder.resolve("b"), on("kvm2"))) {
            good("define", definition.toString());
            good("start", "web");

            Said moved = virsh("migrate", "--live", "--persistent", "--undefinesource", "--verbose", "web", uri(there));

            assertThat(moved.code()).as(moved.err()).isZero();
            assertThat(bad("domstate", "web")).isEqualTo("error: failed to get domain 'web'");
            assertThat(virshOn(there, "domstate", "web", "--reason").out()).isEqualTo("running (migrated)");
            assertThat(virshOn(there, "dominfo", "web").out()).contains("Persistent:     yes");
            assertThat(virshOn(there, "domjobinfo", "web", "--completed").out()).contains("Completed");
        }
    }
}

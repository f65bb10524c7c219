package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.PaperHost.Refusal;
import dev.godwit.cli.PaperHost.Run;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.JobProcedures;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.NodeProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people and scripts see. The expected texts are those of virsh 11.3 for the same answers. */
@Timeout(60)
class ProgramTest {

    private static final UUID ID = UUID.fromString("60601d00-0001-4001-8001-6060606060aa");
    private static final NonnullDomain RUNNING = new NonnullDomain("web1", ID, 3);
    private static final NonnullDomain OFF = new NonnullDomain("old", new UUID(1, 2), -1);

    private final PaperHost host = new PaperHost();

    @BeforeEach
    void twoGuests() {
        host.on(ConnectProcedures.LIST_ALL_DOMAINS,
                        args -> new ConnectProcedures.ListAllDomainsRet(List.of(OFF, RUNNING), 2))
                .on(DomainProcedures.LOOKUP_BY_NAME, args -> new DomainRet(guest(args.name())))
                .on(DomainProcedures.LOOKUP_BY_ID, args -> {
                    throw new Refusal(42, 10, "Domain not found: no domain with matching id " + args.id());
                })
                .on(DomainQueryProcedures.GET_STATE, args -> args.dom().id() < 0
                        ? new DomainQueryProcedures.GetStateRet(5, 2)
                        : new DomainQueryProcedures.GetStateRet(1, 6));
    }

    private static NonnullDomain guest(String name) {
        return switch (name) {
            case "web1" -> RUNNING;
            case "old" -> OFF;
            default -> throw new Refusal(42, 10, "Domain not found: no domain with matching name '" + name + "'");
        };
    }

    @AfterEach
    void close() {
        host.close();
    }

    @Test
    void listsGuests() {
        assertThat(host.run("list", "--all")).isEqualTo(new Run(0, """
                 Id   Name   State
                -----------------------
                 3    web1   running
                 -    old    shut off

                """, ""));
        assertThat(host.run("-q", "list", "--name", "--uuid").out()).isEqualTo(
                ID + " web1\n00000000-0000-0001-0000-000000000002 old\n");
        assertThat(host.run("-q", "list", "--id").out()).isEqualTo("3\n");
    }

    @Test
    void printsJson() {
        String json = """
                [
                  {
                    "id": 3,
                    "name": "web1",
                    "uuid": "60601d00-0001-4001-8001-6060606060aa",
                    "state": "running"
                  },
                  {
                    "id": null,
                    "name": "old",
                    "uuid": "00000000-0000-0001-0000-000000000002",
                    "state": "shut off"
                  }
                ]
                """;
        assertThat(host.run("list", "--all", "--output", "json")).isEqualTo(new Run(0, json, ""));
        assertThat(host.run("--output=json", "list", "--all")).isEqualTo(new Run(0, json, ""));
        assertThat(host.run("-o", "json", "suspend", "web1"))
                .isEqualTo(new Run(1, "", "error: command 'suspend' has no JSON output\n"));
        assertThat(host.run("list", "--output", "xml"))
                .isEqualTo(new Run(1, "", "error: unknown output 'xml', expecting text or json\n"));
    }

    @Test
    void saysWhyAGuestIsInItsState() {
        assertThat(host.run("domstate", "web1", "--reason").out()).isEqualTo("running (migration canceled)\n\n");
        assertThat(host.run("domstate", "old").out()).isEqualTo("shut off\n\n");
        assertThat(host.run("-q", "domid", "old").out()).isEqualTo("-\n");
    }

    @Test
    void aNumberIsAnIdFirstAndANameThen() {
        assertThat(host.run("domstate", "17")).isEqualTo(new Run(1, "\n", "error: failed to get domain '17'\n"));
        assertThat(host.procedures()).containsExactly(22, 23);
    }

    @Test
    void doesAndRefusesInTheWordsOfVirsh() {
        host.on(DomainProcedures.SUSPEND, args -> new Nothing());
        assertThat(host.run("suspend", "web1")).isEqualTo(new Run(0, "Domain 'web1' suspended\n\n", ""));
        host.on(DomainProcedures.RESUME, args -> {
            throw new Refusal(55, 10, "Requested operation is not valid: domain is already running");
        });
        assertThat(host.run("resume", "web1")).isEqualTo(new Run(1, "\n", """
                error: Failed to resume domain 'web1'
                error: Requested operation is not valid: domain is already running
                """));
        assertThat(host.run("start", "web1")).isEqualTo(new Run(1, "\n", "error: Domain is already active\n"));
        assertThat(host.run("start", "nope")).isEqualTo(new Run(1, "\n", "error: failed to get domain 'nope'\n"));
    }

    @Test
    void startsWithFlagsOnlyWhereThereAreAny() {
        host.on(DomainProcedures.CREATE, args -> new Nothing());
        AtomicReference<Integer> flags = new AtomicReference<>();
        host.on(DomainProcedures.CREATE_WITH_FLAGS, args -> {
            flags.set(args.flags());
            return new DomainRet(RUNNING);
        });
        assertThat(host.run("-q", "start", "old")).isEqualTo(new Run(0, "", ""));
        assertThat(host.run("start", "old", "--paused", "--autodestroy").out()).isEqualTo("Domain 'old' started\n\n");
        assertThat(flags.get()).isEqualTo(3);
        assertThat(host.procedures()).containsExactly(23, 9, 23, 196);
    }

    @Test
    void definesFromAFile(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.xml");
        Files.writeString(file, "<domain/>");
        AtomicReference<String> xml = new AtomicReference<>();
        host.on(DomainProcedures.DEFINE_XML, args -> {
            xml.set(args.xml());
            return new DomainRet(OFF);
        });
        assertThat(host.run("define", file.toString()).out()).isEqualTo("Domain 'old' defined from " + file + "\n\n");
        assertThat(xml.get()).isEqualTo("<domain/>");
        assertThat(host.run("define", "/nowhere")).isEqualTo(
                new Run(1, "\n", "error: Failed to open file '/nowhere': No such file or directory\n"));
        Files.write(file, new byte[] {'<', (byte) 0xff});
        assertThat(host.run("define", file.toString()).err()).endsWith("it is not UTF-8 text\n");
    }

    @ParameterizedTest
    @CsvSource({"acpi, 1", "'acpi,agent', 3", "paravirt, 16"})
    void asksToShutDownInAWay(String mode, int flags) {
        AtomicReference<Integer> sent = new AtomicReference<>();
        host.on(DomainProcedures.SHUTDOWN_FLAGS, args -> {
            sent.set(args.flags());
            return new Nothing();
        });
        assertThat(host.run("shutdown", "web1", "--mode", mode).out())
                .isEqualTo("Domain 'web1' is being shutdown\n\n");
        assertThat(sent.get()).isEqualTo(flags);
    }

    @Test
    void undefinesWithoutFlagsForWhatThereIsNothingOf() {
        AtomicReference<Integer> flags = new AtomicReference<>();
        host.on(DomainQueryProcedures.IS_ACTIVE, args -> new DomainQueryProcedures.IsActiveRet(0))
                .on(DomainQueryProcedures.SNAPSHOT_NUM, args -> new DomainQueryProcedures.SnapshotNumRet(2))
                .on(DomainProcedures.UNDEFINE_FLAGS, args -> {
                    flags.set(args.flags());
                    return new Nothing();
                });
        assertThat(host.run("undefine", "old", "--managed-save", "--snapshots-metadata", "--nvram").out())
                .isEqualTo("Domain 'old' has been undefined\n\n");
        assertThat(flags.get()).isEqualTo(2 | 4);
        assertThat(host.run("undefine", "old", "--remove-all-storage").err())
                .startsWith("error: option --remove-all-storage is not supported");
    }

    @Test
    void describesAGuest() {
        host.on(DomainQueryProcedures.GET_OS_TYPE, args -> new DomainQueryProcedures.GetOsTypeRet("hvm"))
                .on(DomainQueryProcedures.GET_INFO,
                        args -> new DomainQueryProcedures.GetInfoRet(1, 1048576, 524288, 2, 12_340_000_000L))
                .on(DomainQueryProcedures.IS_PERSISTENT, args -> new DomainQueryProcedures.IsPersistentRet(1))
                .on(DomainQueryProcedures.GET_AUTOSTART, args -> new DomainQueryProcedures.GetAutostartRet(0))
                .on(DomainQueryProcedures.HAS_MANAGED_SAVE_IMAGE,
                        args -> new DomainQueryProcedures.HasManagedSaveImageRet(0))
                .on(NodeProcedures.GET_SECURITY_MODEL,
                        args -> new NodeProcedures.GetSecurityModelRet(Opaque.ofTextWithNul("none"),
                                Opaque.ofTextWithNul("0")))
                .on(DomainQueryProcedures.GET_SECURITY_LABEL,
                        args -> new DomainQueryProcedures.GetSecurityLabelRet(Opaque.ofTextWithNul(""), 0))
                .on(DomainQueryProcedures.GET_MESSAGES, args -> new DomainQueryProcedures.GetMessagesRet(
                        List.of("tainted: one", "tainted: two")));
        assertThat(host.run("dominfo", "web1")).isEqualTo(new Run(0, """
                Id:             3
                Name:           web1
                UUID:           60601d00-0001-4001-8001-6060606060aa
                OS Type:        hvm
                State:          running
                CPU(s):         2
                CPU time:       12.3s
                Max memory:     1048576 KiB
                Used memory:    524288 KiB
                Persistent:     yes
                Autostart:      disable
                Managed save:   no
                Security model: none
                Security DOI:   0
                Messages:       tainted: one
                                tainted: two

                """, ""));
    }

    @Test
    void reportsAJob() {
        host.on(JobProcedures.GET_JOB_STATS, args -> new JobProcedures.GetJobStatsRet(args.flags() == 3 ? 3 : 0,
                args.flags() != 3 ? List.of() : List.of(TypedParam.signed("operation", 4),
                        TypedParam.unsigned("time_elapsed", 2057), TypedParam.unsigned("data_processed", 97_000_000),
                        TypedParam.unsigned("memory_processed", 97_000_000),
                        TypedParam.unsigned("memory_bps", 82_918_900), TypedParam.unsigned("memory_iteration", 3),
                        TypedParam.unsigned("downtime", 190))));
        assertThat(host.run("domjobinfo", "web1").out()).isEqualTo("Job type:         None        \n\n");
        assertThat(host.run("domjobinfo", "web1", "--completed", "--keep-completed").out()).isEqualTo("""
                Job type:         Completed  \s
                Operation:        Incoming migration
                Time elapsed:     2057         ms
                Data processed:   92.506 MiB
                Data remaining:   0.000 B
                Data total:       0.000 B
                Memory processed: 92.506 MiB
                Memory remaining: 0.000 B
                Memory total:     0.000 B
                Memory bandwidth: 79.078 MiB/s
                Iteration:        3          \s
                Total downtime:   190          ms

                """);
        assertThat(host.run("domjobinfo", "web1", "--keep-completed").err())
                .isEqualTo("error: Option --completed is required by option --keep-completed\n");
    }

    @Test
    void severalCommandsOnOneLineAreUnderstoodBeforeTheFirstIsDone() {
        host.on(ConnectProcedures.GET_HOSTNAME, args -> new ConnectProcedures.GetHostnameRet("kvm7"));
        assertThat(host.run("domstate web1; hostname")).isEqualTo(new Run(0, "running\n\nkvm7\n\n", ""));
        assertThat(host.run("domstate web1; foo")).isEqualTo(new Run(1, "", "error: unknown command: 'foo'\n"));
        assertThat(host.run("domstate nope; hostname")).isEqualTo(
                new Run(0, "\nkvm7\n\n", "error: failed to get domain 'nope'\n"));
        assertThat(host.run("domstate", "web1", ";", "hostname").err()).isEqualTo("error: unexpected data ';'\n");
    }

    @Test
    void readsCommandsFromInput() {
        host.input("domstate web1 # a comment\nfoo\n\ndomstate 'old'; quit\nhostname\n");
        assertThat(host.run()).isEqualTo(new Run(0, "running\n\nshut off\n\n", "error: unknown command: 'foo'\n"));
    }

    @Test
    void aHostThatCannotBeOpenedIsSaidSoOnce() {
        host.on(ConnectProcedures.OPEN, args -> {
            throw new Refusal(1, 0, "internal error: unexpected qemu URI path '/bogus', try qemu:///system");
        });
        assertThat(host.run("list")).isEqualTo(new Run(1, "\n", """
                error: failed to connect to the hypervisor
                error: internal error: unexpected qemu URI path '/bogus', try qemu:///system
                """));
    }

    @Test
    void theEnvironmentNamesTheHostWhereNobodyElseDoes() {
        Map<String, String> environment = Map.of("VIRSH_DEFAULT_CONNECT_URI", "test:///two",
                "LIBVIRT_DEFAULT_URI", "test:///three");
        assertThat(host.run(environment, "-q", "uri").out()).isEqualTo("test:///two\n");
        assertThat(host.run(environment, "-q", "-ctest:///four", "uri").out()).isEqualTo("test:///four\n");
        assertThat(host.run(Map.of("GODWIT_DEFAULT_URI", "test:///one", "LIBVIRT_DEFAULT_URI", "x"), "-q", "uri").out())
                .isEqualTo("test:///one\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --foo          | unsupported option '--foo'. See --help.
            --quiet=1      | unsupported option '--quiet=1'. See --help.
            -Z             | unsupported option '-Z'. See --help.
            -c             | option '-c'/'--connect' requires an argument
            -k x           | Invalid value for option -k
            --keepalive-count -1 | option --keepalive-count requires a positive integer argument
            -d x           | option -d takes a numeric argument
            -e ^5          | Invalid string '^5' for escape sequence
            """)
    void optionsThatCannotBeMeantAreRefused(String words, String message) {
        assertThat(host.run(words.split(" "))).isEqualTo(new Run(1, "", "error: " + message + "\n"));
    }

    @Test
    void helpNeedsNoHost() {
        host.close();
        assertThat(host.run("help", "migrate").out()).contains("migrate <domain> <desturi> [--live]")
                .contains("--persistent").doesNotContain("--postcopy");
        assertThat(host.run("domstate", "--help").out()).contains("domstate <domain> [--reason]");
        assertThat(host.run("help", "events").out()).contains(" Domain Events (help keyword 'events'):");
        assertThat(host.run("-h").out()).contains("-c | --connect=URI").contains("  qemu-monitor-command  ");
        assertThat(host.run("help", "foo")).isEqualTo(
                new Run(1, "\n", "error: command or command group 'foo' doesn't exist\n"));
        assertThat(host.run("--vers").out()).matches("\\d+\\.\\d+\\.\\d+\n");
    }

    @Test
    void completesCommandsOptionsAndGuests() {
        assertThat(host.run("--complete", "domst").out()).isEqualTo("domstate\ndomstats\n");
        assertThat(host.run("--complete", "domstate", "--").out()).isEqualTo("--domain\n--reason\n--output\n--help\n");
        assertThat(host.run("--complete", "-c", "test:///x", "domstate", "w").out()).isEqualTo("web1\n");
        assertThat(host.run("--complete", "domstate", "--reason", "").out()).isEqualTo("old\nweb1\n");
        assertThat(host.run("--complete", "shutdown", "web1", "a").out()).isEqualTo("acpi\nagent\n");
        assertThat(host.run("--complete", "shutdown", "--mode", "").out()).startsWith("acpi\n");
        assertThat(host.run("--complete", "define", "").out()).isEqualTo(":files\n");
        assertThat(host.run("--complete", "--qu").out()).isEqualTo("--quiet\n");
        assertThat(host.run("--complete", "foo", "").out()).isEmpty();
        host.on(ConnectProcedures.LIST_ALL_DOMAINS, args -> {
            throw new Refusal(1, 0, "no");
        });
        assertThat(host.run("--complete", "domstate", "")).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void readsPartsOfADefinition() {
        host.on(DomainQueryProcedures.GET_XML_DESC, args -> new DomainQueryProcedures.GetXmlDescRet("""
                <domain type='kvm'>
                  <name>web1</name>
                  <devices>
                    <disk type='file' device='cdrom'><target dev='sda'/></disk>
                    <disk type='block' device='disk'><source dev='/dev/vg/a'/><target dev='vda' bus='virtio'/></disk>
                    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><model type='virtio'/></interface>
                    <console type='pty' tty='/dev/pts/3'/>
                    <graphics type='vnc' port='5903' listen='0.0.0.0'/>
                  </devices>
                </domain>
                """));
        host.on(DomainQueryProcedures.IS_ACTIVE, args -> new DomainQueryProcedures.IsActiveRet(1));
        assertThat(host.run("domblklist", "web1", "--details").out()).isEqualTo("""
                 Type    Device   Target   Source
                --------------------------------------
                 file    cdrom    sda      -
                 block   disk     vda      /dev/vg/a

                """);
        assertThat(host.run("domiflist", "web1").out()).isEqualTo("""
                 Interface   Type     Source   Model    MAC
                -----------------------------------------------------------
                 -           bridge   br0      virtio   52:54:00:00:00:01

                """);
        assertThat(host.run("-q", "ttyconsole", "web1").out()).isEqualTo("/dev/pts/3\n");
        assertThat(host.run("-q", "-c", "qemu+tcp://kvm7/system", "domdisplay", "web1").out())
                .isEqualTo("vnc://kvm7:3\n");
        assertThat(host.run("domdisplay", "web1", "spice").err())
                .isEqualTo("error: No graphical display with type 'spice' found\n");
        assertThat(host.run("-q", "dumpxml", "web1", "--xpath", "//target/@dev").out())
                .isEqualTo("dev=\"sda\"\ndev=\"vda\"\n");
    }

    @Test
    void movesAGuestAndSaysWhoHasIt() {
        Opaque cookie = Opaque.ofText("c");
        host.on(MigrationProcedures.BEGIN, args -> new MigrationProcedures.BeginRet(cookie, "<domain/>"))
                .on(MigrationProcedures.PREPARE, args -> new MigrationProcedures.PrepareRet(cookie, Optional.of("tcp:b:1")))
                .on(MigrationProcedures.PERFORM, args -> new MigrationProcedures.PerformRet(cookie))
                .on(MigrationProcedures.FINISH, args -> {
                    if (args.cancelled() != 0) {
                        throw new Refusal(93, 10, "migration successfully aborted");
                    }
                    return new MigrationProcedures.FinishRet(new NonnullDomain("web2", ID, 9), cookie);
                })
                .on(MigrationProcedures.CONFIRM, args -> new Nothing())
                .on(JobProcedures.GET_JOB_STATS, args -> new JobProcedures.GetJobStatsRet(3, List.of(
                        TypedParam.unsigned("time_elapsed", 2057), TypedParam.unsigned("downtime", 24),
                        TypedParam.unsigned("data_processed", 1 << 20), TypedParam.unsigned("memory_iteration", 2))));
        assertThat(host.run("-c", "qemu+tcp://a/system", "migrate", "web1", "qemu+tcp://b/system", "--live", "--verbose",
                "--dname", "web2")).isEqualTo(new Run(0, "Domain 'web1' moved to b as 'web2' and runs there: 2.1 s,"
                        + " stood still for 24 ms, 1.0 MiB sent in 2 passes\n\n", "Migration: [100.00 %]\n"));
        assertThat(host.run("-c", "qemu+tcp://a/system", "migrate", "web1", "qemu+tcp://b/system", "--output", "json")
                .out()).contains("\"outcome\": \"completed\"", "\"owner\": \"destination\"", "\"causes\": []",
                        "\"time_elapsed\": 2057").startsWith("{").endsWith("}\n");

        host.on(MigrationProcedures.PERFORM, args -> {
            throw new Refusal(9, 10, "operation failed: job 'migration out' failed: broken");
        });
        assertThat(host.run("-c", "qemu+tcp://a/system", "migrate", "web1", "qemu+tcp://b/system", "--live"))
                .isEqualTo(new Run(1, "\n", """
                        error: operation failed: job 'migration out' failed: broken
                        error: Domain 'web1' did not move and stays at a: perform failed
                        """));
    }

    @Test
    void sendsAGuestToAReceiverAndSaysWhatIsKnownOfIt() {
        List<MigrationProcedures.PerformArgs> calls = new CopyOnWriteArrayList<>();
        host.on(ConnectProcedures.SUPPORTS_FEATURE, args -> new ConnectProcedures.SupportsFeatureRet(1))
                .on(MigrationProcedures.PERFORM, args -> {
                    calls.add(args);
                    return new MigrationProcedures.PerformRet(Opaque.ofText(""));
                });
        Run run = host.run("-c", "qemu+tcp://a/system", "migrate", "--live", "--direct", "--tls", "--tls-destination", "kvm7",
                "--bandwidth", "9", "web1", "tcp://10.0.0.7:50000");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isZero();
        assertThat(run.out()).startsWith("Domain 'web1' was taken by the receiver at tcp://10.0.0.7:50000\n")
                .contains("Known: ", "Not known, because nobody there was asked: ");
        assertThat(calls).singleElement().satisfies(call -> {
            assertThat(call.dconnuri()).isEmpty();
            assertThat(call.cookieIn().isEmpty()).isTrue();
            assertThat(call.flags()).as("LIVE and TLS").isEqualTo(0x10001);
            assertThat(call.params()).containsExactly(TypedParam.text("migrate_uri", "tcp://10.0.0.7:50000"),
                    TypedParam.unsigned("bandwidth", 9), TypedParam.text("tls.destination", "kvm7"));
        });
        assertThat(host.procedures()).as("BEGIN, PREPARE, FINISH, CONFIRM").doesNotContain(302, 303, 306, 307);
        assertThat(host.run("-c", "qemu+tcp://a/system", "migrate", "--direct", "web1", "tcp://h:1", "--output", "json").out())
                .contains("\"outcome\": \"completed\"", "\"verified\": [", "\"notVerified\": [");

        host.on(ConnectProcedures.SUPPORTS_FEATURE, args ->
                new ConnectProcedures.SupportsFeatureRet(args.feature() == 5 ? 0 : 1));
        assertThat(host.run("-c", "qemu+tcp://a/system", "migrate", "--direct", "web1", "tcp://h:1").err()).isEqualTo("""
                error: argument unsupported: direct migration is not supported by the source host
                error: Domain 'web1' did not move and stays at a: begin failed
                """);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            qemu://b/system         | --direct takes the URI of a hypervisor that waits for the guest, such as tcp://HOST:PORT \
            or unix:PATH, and not that of a host's daemon: qemu://b/system
            tcp://h:1 --dname web2  | --dname cannot be used with --direct: there is nobody at the destination who would see to it
            tcp://h:1 --persistent  | --persistent cannot be used with --direct: there is nobody at the destination who would \
            see to it
            tcp://h:1 --p2p         | Options --direct and --p2p are mutually exclusive
            """)
    void whatNobodyCouldSeeToIsRefused(String words, String message) {
        assertThat(host.run(("migrate --direct web1 " + words).split(" ")))
                .isEqualTo(new Run(1, "\n", "error: " + message + "\n"));
        assertThat(host.procedures()).doesNotContain(305);
    }

    @Test
    void aHypervisorsUriAloneIsToldFromADaemons() {
        assertThat(host.run("migrate", "web1", "tcp://h:1").err()).isEqualTo("error: migrate: tcp://h:1 is where a hypervisor"
                + " waits, and not a host's daemon; with --direct the guest is sent there without one\n");
    }

    @Test
    void aReceiverNeedsNoConnection() {
        assertThat(host.run("help", "receive").out()).contains("receive <file>", "--listen", "dumpxml --migratable");
        assertThat(host.run("receive", "/nowhere.xml").err()).contains("--listen");
        assertThat(host.procedures()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --postcopy               | option --postcopy is not in this release of Godwit
            --parallel-connections 3 | option --parallel-connections is not in this release of Godwit
            --live --offline         | Options --live and --offline are mutually exclusive
            --persistent-xml /x      | Option --persistent is required by option --persistent-xml
            --timeout 3              | migrate: Unexpected timeout for offline migration
            --timeout-suspend --live | migrate: Unexpected --timeout-* option without --timeout
            --bandwidth x            | Numeric value 'x' for <bandwidth> option is malformed or out of range
            """)
    void whatAMigrationCannotDoIsRefusedBeforeItBegins(String options, String message) {
        assertThat(host.run(("migrate web1 qemu+tcp://b/system " + options).split(" ")))
                .isEqualTo(new Run(1, "\n", "error: " + message + "\n"));
        assertThat(host.procedures()).doesNotContain(302);
    }
}

package dev.godwit.driver.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.driver.qemu.qmp.MigrationCommands.Capabilities;
import dev.godwit.driver.qemu.qmp.RunStateCommands.RunState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversations with QEMU through every typed command: held with real QEMUs ({@link LiveConversationsTest})
 * and with recorded ones ({@link RecordedConversationsTest}), which is where the recordings come from.
 */
@Timeout(120)
abstract class Conversations {

    static final String UUID = "c7a5fdbd-edaf-9455-926a-d65c16db1809";

    @TempDir
    Path dir;

    abstract Stage stage(String name);

    /** A machine without a disk or a system: it runs its BIOS. */
    private static List<String> tinyMachine(String... more) {
        var arguments = new ArrayList<>(List.of("-machine", "q35,accel=tcg", "-m", "64", "-S", "-uuid", UUID));
        arguments.addAll(List.of(more));
        return arguments;
    }

    /** Collects events and waits for them. */
    static final class Events implements QmpListener {

        private final LinkedBlockingQueue<QmpEvent> all = new LinkedBlockingQueue<>();
        private final LinkedBlockingQueue<QmpException.Disconnected> over = new LinkedBlockingQueue<>();

        @Override
        public void event(QmpEvent event, Instant at) {
            assertThat(at).isAfter(Instant.parse("2020-01-01T00:00:00Z"));
            all.add(event);
        }

        @Override
        public void disconnected(QmpException.Disconnected why) {
            over.add(why);
        }

        /** Waits for an event and drops what came before it, which is given back. */
        List<QmpEvent> await(QmpEvent wanted) throws InterruptedException {
            var before = new ArrayList<QmpEvent>();
            while (true) {
                QmpEvent next = all.poll(60, TimeUnit.SECONDS);
                assertThat(next).as("after %s there should be %s", before, wanted).isNotNull();
                if (next.equals(wanted)) {
                    return before;
                }
                before.add(next);
            }
        }

        QmpException.Disconnected awaitEnd() throws InterruptedException {
            return over.poll(60, TimeUnit.SECONDS);
        }
    }

    private static QmpEvent.Migration status(MigrationStatus status) {
        return new QmpEvent.Migration(status);
    }

    @Test
    void asksWhatTheMachineIsMadeOf() throws Exception {
        try (Stage stage = stage("look-around")) {
            var events = new Events();
            QmpConnection qemu = stage.open("web1", tinyMachine("-smp", "2",
                    "-chardev", "pty,id=charserial0", "-device", "isa-serial,chardev=charserial0,id=serial0",
                    "-device", "virtio-balloon-pci,id=balloon0",
                    "-blockdev", "{\"driver\":\"null-co\",\"node-name\":\"store\",\"read-zeroes\":true}",
                    "-blockdev", "{\"driver\":\"raw\",\"node-name\":\"format\",\"file\":\"store\"}",
                    "-device", "virtio-blk-pci,drive=format,id=virtio-disk0",
                    "-vnc", "unix:" + dir.resolve("vnc.sock")), events);

            QmpVersion version = qemu.execute(new QueryCommands.QueryVersion());
            assertThat(version).isEqualTo(qemu.version());
            assertThat(version.atLeast(7, 2)).isTrue();
            assertThat(qemu.execute(new QueryCommands.QueryName())).contains("web1");
            assertThat(qemu.execute(new QueryCommands.QueryUuid())).isEqualTo(UUID);
            assertThat(qemu.execute(new QueryCommands.QueryKvm()).enabled()).isFalse();
            assertThat(qemu.execute(new RunStateCommands.QueryStatus()))
                    .isEqualTo(new RunStateCommands.StatusInfo(false, RunState.PRELAUNCH));

            List<QueryCommands.CpuInfo> cpus = qemu.execute(new QueryCommands.QueryCpusFast());
            assertThat(cpus).extracting(QueryCommands.CpuInfo::index).containsExactly(0, 1);
            assertThat(cpus).allSatisfy(cpu -> {
                assertThat(cpu.threadId()).isPositive();
                assertThat(cpu.target()).isEqualTo("x86_64");
                assertThat(cpu.qomPath()).startsWith("/machine/");
            });
            if (stage.isLive()) {
                long pid = ((LiveStage) stage).process(0).pid();
                assertThat(Path.of("/proc/" + pid + "/task/" + cpus.getFirst().threadId())).exists();
                assertThat(((LiveStage) stage).process(0).threadCpuNanos(cpus.getFirst().threadId())).isPresent();
            }

            assertThat(qemu.execute(new QueryCommands.QueryChardev()))
                    .anySatisfy(chardev -> {
                        assertThat(chardev.label()).isEqualTo("charserial0");
                        assertThat(chardev.ptyPath().orElseThrow()).matches("/dev/pts/\\d+");
                    })
                    .anySatisfy(chardev -> assertThat(chardev.ptyPath()).isEmpty());

            List<BlockCommands.BlockInfo> disks = qemu.execute(new BlockCommands.QueryBlock());
            assertThat(disks).singleElement().satisfies(disk -> {
                assertThat(disk.qdev().orElseThrow()).contains("virtio-disk0");
                assertThat(disk.removable()).isFalse();
                assertThat(disk.ioStatus()).contains("ok");
                BlockCommands.BlockNode inserted = disk.inserted().orElseThrow();
                assertThat(inserted.nodeName()).contains("format");
                assertThat(inserted.readOnly()).isFalse();
                assertThat(inserted.image().virtualSize()).isEqualTo(1L << 30);
            });
            assertThat(qemu.execute(new BlockCommands.QueryNamedBlockNodes()))
                    .extracting(BlockCommands.BlockNode::driver).containsExactlyInAnyOrder("raw", "null-co");
            assertThat(qemu.execute(new BlockCommands.QueryBlockstats())).singleElement().satisfies(stats -> {
                assertThat(stats.nodeName()).contains("format");
                assertThat(stats.readBytes()).isZero();
            });

            assertThat(qemu.execute(new GuestCommands.QueryBalloon())).isEqualTo(64 << 20);
            assertThat(qemu.execute(new QueryCommands.QueryVnc())).satisfies(vnc -> {
                assertThat(vnc.enabled()).isTrue();
                assertThat(vnc.family()).contains("unix");
                assertThat(vnc.clients()).isEmpty();
            });

            assertThat(qemu.execute(new ObjectCommands.QomList("/machine/peripheral")))
                    .filteredOn(ObjectCommands.Property::isChild).extracting(ObjectCommands.Property::name)
                    .containsExactlyInAnyOrder("balloon0", "virtio-disk0", "serial0");
            Json.Obj guestStats = qemu.execute(
                    new ObjectCommands.QomGet("/machine/peripheral/balloon0", "guest-stats")).asObject();
            assertThat(Long.toUnsignedString(guestStats.object("stats").unsigned("stat-free-memory")))
                    .isEqualTo("18446744073709551615");
            qemu.execute(new ObjectCommands.QomSet("/machine/peripheral/balloon0", "guest-stats-polling-interval",
                    new Json.Int(5)));
            assertThat(qemu.execute(
                    new ObjectCommands.QomGet("/machine/peripheral/balloon0", "guest-stats-polling-interval")))
                    .isEqualTo(new Json.Int(5));

            assertThat(qemu.execute(new GuestCommands.HumanMonitorCommand("info status")))
                    .startsWith("VM status: paused").endsWith("\r\n");
            qemu.execute(new GuestCommands.InjectNmi());
            qemu.execute(new GuestCommands.Balloon(32 << 20));
            assertThat(qemu.isOpen()).isTrue();
        }
    }

    @Test
    void asksWhatTheBinaryCanDo() throws Exception {
        try (Stage stage = stage("binary")) {
            QmpConnection qemu = stage.open("probe", List.of("-machine", "none,accel=tcg"), new Events());
            List<QueryCommands.MachineInfo> machines = qemu.execute(new QueryCommands.QueryMachines());
            assertThat(machines).hasSizeGreaterThan(20)
                    .anySatisfy(machine -> {
                        assertThat(machine.name()).startsWith("pc-q35-");
                        assertThat(machine.alias()).contains("q35");
                        assertThat(machine.maxCpus()).isGreaterThan(200);
                        assertThat(machine.hotpluggableCpus()).isTrue();
                        assertThat(machine.defaultRamId()).contains("pc.ram");
                    })
                    .anySatisfy(machine -> {
                        assertThat(machine.name()).startsWith("pc-i440fx-");
                        assertThat(machine.isDefault()).isTrue();
                    });
            List<QueryCommands.CpuDefinition> cpus = qemu.execute(new QueryCommands.QueryCpuDefinitions());
            assertThat(cpus)
                    .anySatisfy(cpu -> {
                        assertThat(cpu.name()).isEqualTo("qemu64");
                        assertThat(cpu.unavailableFeatures()).contains(List.of());
                    })
                    .anySatisfy(cpu -> {
                        assertThat(cpu.name()).isEqualTo("host");
                        assertThat(cpu.unavailableFeatures().orElseThrow()).isNotEmpty();
                    });
            QueryCommands.CpuModel model = qemu.execute(
                    new QueryCommands.QueryCpuModelExpansion("full", "max", Json.EMPTY));
            assertThat(model.name()).isEqualTo("max");
            assertThat(model.props().members()).hasSizeGreaterThan(200);
            assertThat(model.props().bool("sse2")).isTrue();
            Capabilities capabilities = qemu.execute(new MigrationCommands.QueryMigrateCapabilities());
            assertThat(capabilities.has(MigrationCapability.PAUSE_BEFORE_SWITCHOVER)).isTrue();
            assertThat(capabilities.has(MigrationCapability.MAPPED_RAM)).isEqualTo(qemu.version().atLeast(9, 0));
            assertThat(capabilities.has(MigrationCapability.COMPRESS)).isEqualTo(!qemu.version().atLeast(9, 1));
        }
    }

    @Test
    void isRefused() throws Exception {
        try (Stage stage = stage("refusals")) {
            QmpConnection qemu = stage.open("web1", tinyMachine(), new Events());
            assertRefused(() -> qemu.execute(new QmpCommand.Raw("make-coffee", Json.EMPTY)),
                    QmpException.Refused.COMMAND_NOT_FOUND, "The command make-coffee has not been found");
            assertRefused(() -> qemu.execute(new GuestCommands.QueryBalloon()),
                    QmpException.Refused.DEVICE_NOT_ACTIVE, "No balloon device has been activated");
            assertRefused(() -> qemu.execute(new ObjectCommands.QomGet("/no/where", "x")),
                    QmpException.Refused.DEVICE_NOT_FOUND, "Device '/no/where' not found");
            assertRefused(() -> qemu.execute(new MigrationCommands.MigrateIncoming("tcp:127.0.0.1:1",
                    Optional.empty())), QmpException.Refused.GENERIC_ERROR, "'-incoming' was not specified");
            assertRefused(() -> qemu.execute(new MigrationCommands.MigrateContinue()),
                    QmpException.Refused.GENERIC_ERROR, "Migration not in expected state: none");
            assertRefused(() -> qemu.execute(new GuestCommands.SetPassword("vnc", "secret")),
                    QmpException.Refused.GENERIC_ERROR, "Could not set password");
            assertRefused(() -> qemu.execute(new GuestCommands.Screendump("/no/where/x.ppm", Optional.empty(),
                    OptionalLong.empty(), Optional.of("png"))), QmpException.Refused.GENERIC_ERROR, "");
            Json.Obj whole = qemu.executeRaw(Json.parse("{\"execute\":\"stop\",\"arguments\":{\"x\":1},\"id\":7}")
                    .asObject(), Duration.ofSeconds(20));
            assertThat(whole.object("error").text("desc")).contains("'x'");
            assertThat(whole.integer("id")).isEqualTo(7);
            assertThat(qemu.isOpen()).isTrue();
        }
    }

    private static void assertRefused(Runnable command, String errorClass, String words) {
        assertThatThrownBy(command::run).isInstanceOfSatisfying(QmpException.Refused.class, refused -> {
            assertThat(refused.errorClass()).isEqualTo(errorClass);
            assertThat(refused.description()).contains(words);
        });
    }

    @Test
    void startsStopsAndEnds() throws Exception {
        try (Stage stage = stage("run-state")) {
            var events = new Events();
            QmpConnection qemu = stage.open("web1", tinyMachine(), events);
            qemu.execute(new RunStateCommands.Cont());
            events.await(new QmpEvent.Resume());
            assertThat(qemu.execute(new RunStateCommands.QueryStatus()).state()).isEqualTo(RunState.RUNNING);
            qemu.execute(new GuestCommands.SendKey(List.of(29, 56, 83), OptionalLong.of(10)));
            qemu.execute(new RunStateCommands.Stop());
            events.await(new QmpEvent.Stop());
            assertThat(qemu.execute(new RunStateCommands.QueryStatus()))
                    .isEqualTo(new RunStateCommands.StatusInfo(false, RunState.PAUSED));
            qemu.execute(new RunStateCommands.SystemReset());
            events.await(new QmpEvent.Reset(false, QmpEvent.ShutdownCause.HOST_QMP_SYSTEM_RESET));
            qemu.execute(new RunStateCommands.SystemPowerdown());
            events.await(new QmpEvent.Powerdown());
            qemu.execute(new RunStateCommands.Quit());
            events.await(new QmpEvent.Shutdown(false, QmpEvent.ShutdownCause.HOST_QMP_QUIT));
            assertThat(events.awaitEnd().closedHere()).isFalse();
            assertThat(qemu.isOpen()).isFalse();
        }
    }

    /** What libvirt sets on both sides of a plain live migration. */
    private static Capabilities capabilities(boolean source) {
        var states = new EnumMap<MigrationCapability, Boolean>(MigrationCapability.class);
        states.put(MigrationCapability.XBZRLE, false);
        states.put(MigrationCapability.EVENTS, true);
        states.put(MigrationCapability.POSTCOPY_RAM, false);
        states.put(MigrationCapability.PAUSE_BEFORE_SWITCHOVER, source);
        states.put(MigrationCapability.LATE_BLOCK_ACTIVATE, !source);
        states.put(MigrationCapability.RETURN_PATH, true);
        return Capabilities.of(states);
    }

    @Test
    void migratesOverTcp() throws Exception {
        migrates("migration-tcp", "tcp:127.0.0.1:", () -> Integer.toString(freePort()));
    }

    @Test
    void migratesOverAUnixSocket() throws Exception {
        migrates("migration-unix", "unix:", () -> dir.resolve("migration.sock").toString());
    }

    private void migrates(String name, String scheme, java.util.function.Supplier<String> place) throws Exception {
        try (Stage stage = stage(name)) {
            String uri = scheme + stage.word("place", place);
            String[] disk = {"-blockdev", "{\"driver\":\"null-co\",\"node-name\":\"store\",\"read-zeroes\":true}",
                "-device", "virtio-blk-pci,drive=store,id=virtio-disk0"};
            var here = new Events();
            QmpConnection source = stage.open("source", tinyMachine(disk), here);
            var there = new Events();
            QmpConnection destination = stage.open("destination", join(tinyMachine(disk), "-incoming", "defer"), there);

            source.execute(new MigrationCommands.MigrateSetCapabilities(capabilities(true)));
            destination.execute(new MigrationCommands.MigrateSetCapabilities(capabilities(false)));
            assertThat(source.execute(new MigrationCommands.QueryMigrateCapabilities()).states())
                    .containsAllEntriesOf(capabilities(true).states());
            source.execute(new RunStateCommands.Cont());
            here.await(new QmpEvent.Resume());
            MigrationInfo none = source.execute(new MigrationCommands.QueryMigrate());
            assertThat(none.status()).isEqualTo(MigrationStatus.NONE);
            assertThat(none.ram()).isEmpty();
            assertThat(none.blockedReasons()).isEmpty();

            assertThat(destination.execute(new RunStateCommands.QueryStatus()).state()).isEqualTo(RunState.INMIGRATE);
            destination.execute(MigrationCommands.MigrateIncoming.stayingOnError(uri, destination.version()));
            there.await(status(MigrationStatus.SETUP));

            MigrationParameters before = source.execute(new MigrationCommands.QueryMigrateParameters());
            assertThat(before.downtimeLimit()).hasValue(300);
            assertThat(before.maxBandwidth()).hasValue(128 << 20);
            assertThat(before.tlsCreds()).contains("");
            long unlimited = 9223372036853727232L;
            source.execute(new MigrationCommands.MigrateSetParameters(MigrationParameters.NONE
                    .withTls("", "").withMaxBandwidth(unlimited).withDowntimeLimit(200)));
            assertThat(source.execute(new MigrationCommands.QueryMigrateParameters()).maxBandwidth())
                    .hasValue(unlimited);

            source.execute(new MigrationCommands.Migrate(uri));
            assertThat(here.await(status(MigrationStatus.PRE_SWITCHOVER)))
                    .contains(status(MigrationStatus.SETUP), status(MigrationStatus.ACTIVE),
                            new QmpEvent.MigrationPass(1), new QmpEvent.Stop());
            MigrationInfo waiting = source.execute(new MigrationCommands.QueryMigrate());
            assertThat(waiting.status()).isEqualTo(MigrationStatus.PRE_SWITCHOVER);
            assertThat(source.execute(new RunStateCommands.QueryStatus()).running()).isFalse();
            source.execute(new MigrationCommands.MigrateContinue());
            here.await(status(MigrationStatus.DEVICE));
            here.await(status(MigrationStatus.COMPLETED));

            while (source.execute(new RunStateCommands.QueryStatus()).state() != RunState.POSTMIGRATE) {
                assertThat(source.execute(new MigrationCommands.QueryMigrate()).status())
                        .isEqualTo(MigrationStatus.COMPLETED);
            }
            MigrationInfo done = source.execute(new MigrationCommands.QueryMigrate());
            assertThat(done.status()).isEqualTo(MigrationStatus.COMPLETED);
            assertThat(done.status().isFinal()).isTrue();
            assertThat(done.totalTime().orElseThrow()).isPositive();
            assertThat(done.setupTime()).isPresent();
            assertThat(done.downtime()).isPresent();
            assertThat(done.errorDescription()).isEmpty();
            MigrationInfo.Transfer ram = done.ram().orElseThrow();
            assertThat(ram.total()).isGreaterThan(64 << 20);
            assertThat(ram.remaining()).isZero();
            assertThat(ram.pageSize()).isEqualTo(4096);
            assertThat(ram.transferred()).isPositive();
            assertThat(ram.normalBytes()).isEqualTo(ram.normal() * 4096);
            assertThat(ram.duplicate()).isPositive();
            assertThat(ram.dirtySyncCount()).isPositive();
            // From here on QEMU writes no disk any more: it may be ended by any means.
            assertThat(source.execute(new BlockCommands.QueryNamedBlockNodes()))
                    .extracting(BlockCommands.BlockNode::active)
                    .containsOnly(source.version().atLeast(10, 0) ? Optional.of(false) : Optional.empty());

            there.await(status(MigrationStatus.COMPLETED));
            assertThat(destination.execute(new RunStateCommands.QueryStatus()).running()).isFalse();
            destination.execute(new RunStateCommands.Cont());
            there.await(new QmpEvent.Resume());
            assertThat(destination.execute(new RunStateCommands.QueryStatus()).state()).isEqualTo(RunState.RUNNING);
            source.execute(new MigrationCommands.MigrateSetParameters(
                    before.only(List.of("max-bandwidth", "downtime-limit", "tls-creds", "tls-hostname", "no-such"))));
        }
    }

    @Test
    void aMigrationToNobodyFails() throws Exception {
        try (Stage stage = stage("migration-to-nobody")) {
            var events = new Events();
            QmpConnection source = stage.open("source", tinyMachine(), events);
            source.execute(new MigrationCommands.MigrateSetCapabilities(
                    Capabilities.of(Map.of(MigrationCapability.EVENTS, true))));
            source.execute(new RunStateCommands.Cont());
            String port = stage.word("port", () -> Integer.toString(freePort()));
            source.execute(new MigrationCommands.Migrate("tcp:127.0.0.1:" + port));
            events.await(status(MigrationStatus.FAILED));
            MigrationInfo failed = source.execute(new MigrationCommands.QueryMigrate());
            assertThat(failed.status()).isEqualTo(MigrationStatus.FAILED);
            assertThat(failed.errorDescription().orElseThrow()).contains("Connection refused");
            assertThat(source.execute(new RunStateCommands.QueryStatus()).state()).isEqualTo(RunState.RUNNING);
        }
    }

    @Test
    void aMigrationIsCancelled() throws Exception {
        try (Stage stage = stage("migration-cancelled")) {
            String uri = "unix:" + stage.word("place", () -> dir.resolve("migration.sock").toString());
            var here = new Events();
            QmpConnection source = stage.open("source", tinyMachine(), here);
            QmpConnection destination = stage.open("destination", join(tinyMachine(), "-incoming", "defer"),
                    new Events());
            destination.execute(MigrationCommands.MigrateIncoming.stayingOnError(uri, destination.version()));
            source.execute(new MigrationCommands.MigrateSetCapabilities(capabilities(true)));
            source.execute(new RunStateCommands.Cont());
            // So slowly that it would take minutes.
            source.execute(new MigrationCommands.MigrateSetParameters(MigrationParameters.NONE.withMaxBandwidth(4096)));
            source.execute(new MigrationCommands.Migrate(uri));
            here.await(status(MigrationStatus.ACTIVE));
            assertThat(source.execute(new MigrationCommands.QueryMigrate()).ram().orElseThrow().total())
                    .isGreaterThan(64 << 20);
            source.execute(new MigrationCommands.MigrateCancel());
            here.await(status(MigrationStatus.CANCELLED));
            assertThat(source.execute(new MigrationCommands.QueryMigrate()).status())
                    .isEqualTo(MigrationStatus.CANCELLED);
            assertThat(source.execute(new RunStateCommands.QueryStatus()).state()).isEqualTo(RunState.RUNNING);
        }
    }

    private static List<String> join(List<String> arguments, String... more) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of(more));
        return all;
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

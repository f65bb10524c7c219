package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DestroyFlag;
import dev.godwit.driver.ListFlag;
import dev.godwit.driver.ShutdownFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules by which a domain object changes, row by row, with libvirt's events and messages. */
class GuestLifecycleTest {

    @TempDir
    Path folder;

    private PaperHost host;

    @BeforeEach
    void host() {
        host = new PaperHost(folder);
    }

    private static void refused(Runnable call, ErrorCode code, ErrorDomain domain, String message) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(VirtException.class, e -> {
            assertThat(e.getMessage()).isEqualTo(message);
            assertThat(e.codeNumber()).isEqualTo(code.number());
            assertThat(e.domainNumber()).isEqualTo(domain.number());
        });
    }

    @Test
    void defineMakesAGuestThatIsOffAndPersistent() {
        DomainRef guest = host.define("web1", PaperHost.UUID_A);

        assertThat(guest).isEqualTo(new DomainRef("web1", PaperHost.UUID_A, -1));
        assertThat(host.state(guest)).isEqualTo(StateReason.SHUTOFF_UNKNOWN);
        assertThat(host.guests.isPersistent(guest)).isTrue();
        assertThat(host.guests.isActive(guest)).isFalse();
        assertThat(host.takeEvents()).containsExactly("DEFINED_ADDED -1");
        assertThat(folder.resolve("config/web1.xml")).content().contains("virsh edit web1", "<name>web1</name>");
    }

    @Test
    void aGuestWithoutUuidGetsOneOfVersion4() {
        DomainRef guest = host.guests.define("<domain type='paper'><name>x</name></domain>", Set.of());

        assertThat(guest.uuid().version()).isEqualTo(4);
        assertThat(guest.uuid().variant()).isEqualTo(2);
        assertThat(host.inactive(guest)).contains("<name>x</name>\n  <uuid>" + guest.uuid() + "</uuid>");
    }

    @Test
    void defineOverAGuestThatIsOffReplacesItsConfiguration() {
        host.define("web1", PaperHost.UUID_A);
        DomainRef guest = host.guests.define(PaperHost.xml("web1", PaperHost.UUID_A, "<title>new</title>"), Set.of());

        assertThat(host.inactive(guest)).contains("new");
        assertThat(host.takeEvents()).containsExactly("DEFINED_ADDED -1", "DEFINED_UPDATED -1");
    }

    @Test
    void aNameOrUuidOfAnotherGuestIsRefused() {
        host.define("web1", PaperHost.UUID_A);

        refused(() -> host.define("web1", PaperHost.UUID_B), ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN,
                "operation failed: domain 'web1' already exists with uuid " + PaperHost.UUID_A);
        refused(() -> host.create("web2", PaperHost.UUID_A), ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN,
                "operation failed: domain 'web1' is already defined with uuid " + PaperHost.UUID_A);
        assertThat(host.guests.list(Set.of())).hasSize(1);
    }

    @Test
    void startSaysResumedThenStarted() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));

        assertThat(guest.id()).isEqualTo(1);
        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(host.takeEvents())
                .containsExactly("DEFINED_ADDED -1", "RESUMED_UNPAUSED 1", "STARTED_BOOTED 1");
        assertThat(host.live(guest)).contains("<domain type='paper' id='1'>", "<started/>");
        assertThat(folder.resolve("run/web1.xml")).content()
                .contains("<domstatus state='running' reason='booted'", "<paper guest=", "id='1'");
    }

    @Test
    void startPausedSaysStartedThenSuspended() {
        DomainRef defined = host.define("web1", PaperHost.UUID_A);
        host.takeEvents();
        DomainRef guest = host.guests.start(defined, Set.of(CreateFlag.PAUSED), Client.NONE);

        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_USER);
        assertThat(host.takeEvents()).containsExactly("STARTED_BOOTED 1", "SUSPENDED_PAUSED 1");
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).told).isEmpty();
    }

    @Test
    void startOfARunningGuestIsRefused() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));

        refused(() -> host.start(guest), ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU,
                "Requested operation is not valid: domain is already running");
        refused(() -> host.create("web1", PaperHost.UUID_A), ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN,
                "Requested operation is not valid: domain 'web1' is already active");
    }

    @Test
    void aStartThatFailsLeavesThePersistentGuestOffAndTheTransientOneNowhere() {
        DomainRef persistent = host.define("web1", PaperHost.UUID_A);
        host.hypervisor.failure = Optional.of(
                new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "no memory"));
        host.takeEvents();

        refused(() -> host.start(persistent), ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "internal error: no memory");
        refused(() -> host.create("web2", PaperHost.UUID_B), ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                "internal error: no memory");

        assertThat(host.state(persistent)).isEqualTo(StateReason.SHUTOFF_FAILED);
        assertThat(host.find(PaperHost.UUID_B)).isEmpty();
        assertThat(host.takeEvents()).isEmpty();
        assertThat(folder.resolve("run")).doesNotExist();
        host.hypervisor.failure = Optional.empty();
        assertThat(host.create("web2", PaperHost.UUID_B).active()).isTrue();
    }

    @Test
    void defineWhileRunningChangesOnlyTheNextStart() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.guests.define(PaperHost.xml("web1", PaperHost.UUID_A, "<title>new</title>"), Set.of());

        assertThat(host.live(guest)).doesNotContain("new");
        assertThat(host.inactive(guest)).contains("new");
        assertThat(host.guests.isUpdated(guest)).isTrue();
        host.guests.destroy(guest, Set.of());
        assertThat(host.live(host.start(guest))).contains("new");
    }

    @Test
    void defineOfARunningTransientGuestMakesItPersistent() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        assertThat(host.guests.isPersistent(guest)).isFalse();
        host.takeEvents();
        host.define("web1", PaperHost.UUID_A);

        assertThat(host.guests.isPersistent(guest)).isTrue();
        assertThat(host.takeEvents()).containsExactly("DEFINED_ADDED 1");
        host.guests.destroy(guest, Set.of());
        assertThat(host.state(guest)).isEqualTo(StateReason.SHUTOFF_DESTROYED);
    }

    @Test
    void undefineRemovesAGuestThatIsOffWithItsFiles() {
        DomainRef guest = host.define("web1", PaperHost.UUID_A);
        host.guests.autostart(guest, true);
        host.takeEvents();
        host.guests.undefine(guest, Set.of());

        assertThat(host.takeEvents()).containsExactly("UNDEFINED_REMOVED -1");
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
        assertThat(folder.resolve("config/web1.xml")).doesNotExist();
        assertThat(folder.resolve("config/autostart")).isEmptyDirectory();
        refused(() -> host.state(guest), ErrorCode.NO_DOMAIN, ErrorDomain.QEMU,
                "Domain not found: no domain with matching uuid '" + PaperHost.UUID_A + "' (web1)");
    }

    @Test
    void undefineOfARunningGuestMakesItTransient() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.takeEvents();
        host.guests.undefine(guest, Set.of());

        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(host.guests.isPersistent(guest)).isFalse();
        host.guests.destroy(guest, Set.of());
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
        assertThat(host.takeEvents()).containsExactly("UNDEFINED_REMOVED 1", "STOPPED_DESTROYED -1");
    }

    @Test
    void aTransientGuestCannotBeUndefinedOrStartedWithTheHost() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);

        refused(() -> host.guests.undefine(guest, Set.of()), ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU,
                "Requested operation is not valid: cannot undefine transient domain");
        refused(() -> host.guests.autostart(guest, true), ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU,
                "Requested operation is not valid: cannot set autostart for transient domain");
    }

    @Test
    void createOverAPersistentGuestThatIsOffLeavesItsConfiguration() {
        host.guests.define(PaperHost.xml("web1", PaperHost.UUID_A, "<title>old</title>"), Set.of());
        DomainRef guest = host.guests.create(
                PaperHost.xml("web1", PaperHost.UUID_A, "<title>new</title>"), Set.of(), Client.NONE);

        assertThat(host.live(guest)).contains("new");
        assertThat(host.inactive(guest)).contains("old");
        host.guests.destroy(guest, Set.of());
        assertThat(host.live(guest)).contains("old");
    }

    @Test
    void suspendTwiceSucceedsAndResumeOfARunningGuestDoesNot() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        refused(() -> host.guests.resume(guest), ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU,
                "Requested operation is not valid: domain is already running");
        host.takeEvents();
        host.guests.suspend(guest);
        host.guests.suspend(guest);
        assertThat(host.state(guest)).isEqualTo(StateReason.PAUSED_USER);
        host.guests.resume(guest);

        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_UNPAUSED);
        assertThat(host.takeEvents()).containsExactly("SUSPENDED_PAUSED 1", "RESUMED_UNPAUSED 1");
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).told).containsExactly("resume", "stop", "resume");
    }

    @Test
    void whatNeedsARunningGuestSaysSo() {
        DomainRef guest = host.define("web1", PaperHost.UUID_A);
        List<Runnable> calls = List.of(
                () -> host.guests.suspend(guest),
                () -> host.guests.resume(guest),
                () -> host.guests.shutdown(guest, Set.of()),
                () -> host.guests.reboot(guest, Set.of()),
                () -> host.guests.reset(guest),
                () -> host.guests.destroy(guest, Set.of()),
                () -> host.guests.virtualCpuCount(guest, true, false));

        for (Runnable call : calls) {
            refused(call, ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN,
                    "Requested operation is not valid: domain is not running");
        }
    }

    @Test
    void aShutdownThatTheGuestFollowsEndsIt() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        host.takeEvents();
        host.guests.shutdown(guest, Set.of(ShutdownFlag.ACPI_POWER_BTN));
        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);

        host.hypervisor.machine(PaperHost.UUID_A).events.shutDown(Optional.of(true));
        host.awaitEvent("STOPPED_SHUTDOWN");

        assertThat(host.takeEvents()).containsExactly("SHUTDOWN_GUEST 1", "STOPPED_SHUTDOWN -1");
        assertThat(host.state(guest)).isEqualTo(StateReason.SHUTOFF_SHUTDOWN);
    }

    @Test
    void aRebootIsAShutdownAfterWhichTheMachineGoesOn() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        host.takeEvents();
        host.guests.reboot(guest, Set.of());
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        // QEMU says SHUTDOWN, then STOP, and RESUME only after it was reset.
        machine.whileResetting = machine.events::stopped;
        machine.events.shutDown(Optional.of(true));
        host.awaitEvent("Reboot");
        PaperHost.await(() -> machine.told.size() == 4);

        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(machine.told).containsExactly("resume", "powerDown", "reset", "resume");
        // Stock libvirt 11.3 says nothing else of a reboot either.
        assertThat(host.takeEvents()).containsExactly("Reboot 1");

        machine.events.shutDown(Optional.of(true));
        host.awaitEvent("STOPPED_SHUTDOWN");
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
    }

    @Test
    void waysToShutDownThatDoNotExistHereAreRefused() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        refused(() -> host.guests.shutdown(guest, Set.of(ShutdownFlag.INITCTL)), ErrorCode.INVALID_ARG, ErrorDomain.QEMU,
                "unsupported flags (0x4) in function qemuDomainShutdownFlags");
        refused(() -> host.guests.reboot(guest, Set.of(ShutdownFlag.GUEST_AGENT)), ErrorCode.ARGUMENT_UNSUPPORTED,
                ErrorDomain.QEMU, "argument unsupported: QEMU guest agent is not configured");
        assertThat(host.hypervisor.machine(PaperHost.UUID_A).told).containsExactly("resume");
    }

    @Test
    void onPoweroffRestartStartsAgainUnlessTheHostEndsIt() {
        DomainRef guest = host.guests.create(
                PaperHost.xml("web1", PaperHost.UUID_A, "<on_poweroff>restart</on_poweroff>"), Set.of(), Client.NONE);
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        host.takeEvents();
        machine.events.shutDown(Optional.of(true));
        host.awaitEvent("RESUMED");
        assertThat(host.guests.isActive(guest)).isTrue();

        machine.events.shutDown(Optional.of(false));
        host.awaitEvent("STOPPED_SHUTDOWN");
        assertThat(host.takeEvents()).contains("SHUTDOWN_HOST 1");
    }

    @Test
    void aPanicFollowsOnCrash() {
        host.guests.create(PaperHost.xml("a", PaperHost.UUID_A, "<on_crash>destroy</on_crash>"), Set.of(), Client.NONE);
        DomainRef kept = host.guests.create(
                PaperHost.xml("b", PaperHost.UUID_B, "<on_crash>preserve</on_crash>"), Set.of(), Client.NONE);
        host.takeEvents();
        host.hypervisor.machine(PaperHost.UUID_A).events.panicked();
        host.awaitEvent("STOPPED_CRASHED");
        assertThat(host.takeEvents()).containsExactly("CRASHED_PANICKED 1", "STOPPED_CRASHED -1");

        host.hypervisor.machine(PaperHost.UUID_B).events.panicked();
        assertThat(host.state(kept)).isEqualTo(StateReason.CRASHED_PANICKED);
        host.guests.reset(kept);
        assertThat(host.state(kept)).isEqualTo(StateReason.PAUSED_CRASHED);
    }

    @Test
    void aMachineThatVanishesCrashed() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        host.takeEvents();
        machine.vanish();

        assertThat(host.state(guest)).isEqualTo(StateReason.SHUTOFF_CRASHED);
        assertThat(host.takeEvents()).containsExactly("STOPPED_FAILED 1");
        assertThat(machine.over).contains(StateReason.SHUTOFF_CRASHED);
        assertThat(folder.resolve("run/web1.xml")).doesNotExist();
        machine.events.ended();
        assertThat(host.takeEvents()).isEmpty();
    }

    @Test
    void aReportOfAnEarlierRunChangesNothing() {
        DomainRef guest = host.start(host.define("web1", PaperHost.UUID_A));
        MachineEvents stale = host.hypervisor.machine(PaperHost.UUID_A).events;
        host.guests.destroy(guest, Set.of());
        host.start(guest);
        host.takeEvents();
        stale.stopped();
        stale.ended();
        stale.panicked();

        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);
        assertThat(host.takeEvents()).isEmpty();
    }

    @Test
    void aMachineThatCannotBeEndedStaysKnown() {
        DomainRef guest = host.create("web1", PaperHost.UUID_A);
        PaperHypervisor.PaperMachine machine = host.hypervisor.machine(PaperHost.UUID_A);
        machine.immortal = true;
        refused(() -> host.guests.destroy(guest, Set.of(DestroyFlag.GRACEFUL)), ErrorCode.OPERATION_FAILED,
                ErrorDomain.TEST, "operation failed: it does not die");
        assertThat(host.state(guest)).isEqualTo(StateReason.RUNNING_BOOTED);

        // What it does later is news again.
        machine.vanish();
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
    }

    @Test
    void autodestroyEndsTheGuestWithItsConnection() {
        List<Runnable> closing = new ArrayList<>();
        List<Runnable> taken = new CopyOnWriteArrayList<>();
        Client client = action -> {
            closing.add(action);
            return () -> taken.add(action);
        };
        host.guests.create(PaperHost.xml("a", PaperHost.UUID_A, ""), Set.of(CreateFlag.AUTODESTROY), client);
        closing.getFirst().run();
        host.awaitEvent("STOPPED_DESTROYED");
        assertThat(host.find(PaperHost.UUID_A)).isEmpty();
        PaperHost.await(() -> taken.size() == 1);

        DomainRef second = host.guests.create(
                PaperHost.xml("a", PaperHost.UUID_A, ""), Set.of(CreateFlag.AUTODESTROY), client);
        host.guests.destroy(second, Set.of());
        assertThat(taken).hasSize(2);
    }

    @Test
    void idsGrowWithEveryStart() {
        DomainRef guest = host.define("web1", PaperHost.UUID_A);
        assertThat(host.start(guest).id()).isEqualTo(1);
        host.guests.destroy(guest, Set.of());
        assertThat(host.start(guest).id()).isEqualTo(2);
        assertThat(host.guests.byId(2).name()).isEqualTo("web1");
        refused(() -> host.guests.byId(1), ErrorCode.NO_DOMAIN, ErrorDomain.QEMU,
                "Domain not found: no domain with matching id 1");
        refused(() -> host.guests.byName("x"), ErrorCode.NO_DOMAIN, ErrorDomain.QEMU,
                "Domain not found: no domain with matching name 'x'");
        refused(() -> host.guests.byUuid(PaperHost.UUID_B), ErrorCode.NO_DOMAIN, ErrorDomain.QEMU,
                "Domain not found: no domain with matching uuid '" + PaperHost.UUID_B + "'");
    }

    @Test
    void listNarrowsByGroups() {
        DomainRef off = host.define("off", PaperHost.UUID_A);
        host.guests.autostart(off, true);
        DomainRef on = host.create("on", PaperHost.UUID_B);

        assertThat(names()).containsExactlyInAnyOrder("off", "on");
        assertThat(names(ListFlag.ACTIVE)).containsExactly("on");
        assertThat(names(ListFlag.ACTIVE, ListFlag.INACTIVE)).containsExactlyInAnyOrder("off", "on");
        assertThat(names(ListFlag.ACTIVE, ListFlag.PERSISTENT)).isEmpty();
        assertThat(names(ListFlag.TRANSIENT)).containsExactly("on");
        assertThat(names(ListFlag.AUTOSTART)).containsExactly("off");
        assertThat(names(ListFlag.SHUTOFF)).containsExactly("off");
        assertThat(names(ListFlag.PAUSED)).isEmpty();
        assertThat(names(ListFlag.HAS_SNAPSHOT)).isEmpty();
        assertThat(names(ListFlag.NO_SNAPSHOT, ListFlag.RUNNING)).containsExactly("on");
        host.guests.suspend(on);
        assertThat(names(ListFlag.PAUSED)).containsExactly("on");
        assertThat(names(ListFlag.RUNNING)).isEmpty();
    }

    private List<String> names(ListFlag... flags) {
        return host.guests.list(Set.of(flags)).stream().map(DomainRef::name).toList();
    }

    @Test
    void autostartHappensOnceABoot() throws Exception {
        DomainRef guest = host.define("web1", PaperHost.UUID_A);
        host.guests.autostart(guest, true);
        host.guests.autostart();
        assertThat(host.guests.isActive(guest)).isTrue();
        host.guests.destroy(guest, Set.of());
        host.restart();
        assertThat(host.guests.autostart(guest)).isTrue();
        host.guests.autostart();
        assertThat(host.guests.isActive(guest)).isFalse();
        // The marker of an earlier boot, in a folder that outlived it.
        Files.writeString(folder.resolve("run/autostarted"), "00000000-0000-4000-8000-000000000000\n");
        host.guests.autostart();
        assertThat(host.guests.isActive(guest)).isTrue();
    }

    @Test
    void metadataIsFoundByKind() {
        DomainRef guest = host.guests.define(PaperHost.xml("web1", PaperHost.UUID_A,
                "<title>T</title><metadata><a:x xmlns:a='urn:a' k='1'/></metadata>"), Set.of());

        assertThat(host.guests.metadata(guest, 1, Optional.empty(), false)).isEqualTo("T");
        assertThat(host.guests.metadata(guest, 2, Optional.of("urn:a"), true)).isEqualTo("<a:x xmlns:a='urn:a' k='1'/>");
        refused(() -> host.guests.metadata(guest, 0, Optional.empty(), false), ErrorCode.NO_DOMAIN_METADATA,
                ErrorDomain.DOMAIN, "metadata not found: Requested metadata element is not present");
    }

    @Test
    void badDefinitionsAreRefusedAndLeaveNothing() {
        String uuid = "<uuid>" + UUID.randomUUID() + "</uuid>";
        refused(() -> host.guests.define("<foo/>", Set.of()), ErrorCode.XML_ERROR, ErrorDomain.DOMAIN,
                "XML error: expecting root element of 'domain', not 'foo'");
        refused(() -> host.guests.define("<domain>" + uuid + "</domain>", Set.of()), ErrorCode.NO_NAME,
                ErrorDomain.DOMAIN, "missing name information");
        refused(() -> host.guests.define("<domain><name>a/b</name></domain>", Set.of()), ErrorCode.XML_ERROR,
                ErrorDomain.DOMAIN, "XML error: name a/b cannot contain '/'");
        refused(() -> host.guests.define("<domain><name>a</name><uuid>zz</uuid></domain>", Set.of()),
                ErrorCode.INTERNAL_ERROR, ErrorDomain.DOMAIN, "internal error: malformed uuid element");
        assertThatThrownBy(() -> host.guests.define("<domain><name>", Set.of()))
                .isInstanceOfSatisfying(VirtException.class,
                        e -> assertThat(e.is(ErrorCode.XML_DETAIL)).isTrue());
        refused(() -> host.guests.create(PaperHost.xml("u", PaperHost.UUID_A, "<unsupported/>"), Set.of(), Client.NONE),
                ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, "unsupported configuration: unsupported");
        assertThat(host.guests.list(Set.of())).isEmpty();
        assertThat(host.takeEvents()).isEmpty();
        assertThat(folder).isDirectoryNotContaining(file -> !file.getFileName().toString().equals("migrations.journal"));
    }
}

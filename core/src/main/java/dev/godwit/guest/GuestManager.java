package dev.godwit.guest;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Lifecycle;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DefineFlag;
import dev.godwit.driver.DestroyFlag;
import dev.godwit.driver.DomainEvents;
import dev.godwit.driver.Guests;
import dev.godwit.driver.ListFlag;
import dev.godwit.driver.ShutdownFlag;
import dev.godwit.driver.UndefineFlag;
import dev.godwit.driver.WireFlag;
import dev.godwit.driver.XmlFlag;
import dev.godwit.guest.GuestChanges.End;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The guests of one host and their lives, over a {@link Hypervisor}: the facets {@link Guests} and {@link DomainEvents} of a driver
 * whose hypervisor keeps no list of its own.
 */
public final class GuestManager implements Guests, DomainEvents {

    /** How long a call waits for another one on the same guest; libvirt's, too. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    // libvirt's virDomainControlState and virDomainControlErrorReason
    private static final int CONTROL_OK = 0;
    private static final int CONTROL_JOB = 1;
    private static final int CONTROL_ERROR = 3;
    private static final int CONTROL_ERROR_MONITOR = 2;

    /** The ways to ask a guest that make sense for a machine; the others are for containers. */
    private static final Set<ShutdownFlag> POWER_FLAGS =
            Set.of(ShutdownFlag.ACPI_POWER_BTN, ShutdownFlag.GUEST_AGENT);

    private static final System.Logger LOG = System.getLogger(GuestManager.class.getName());

    private final Hypervisor hypervisor;
    private final GuestStore store;
    private final RandomGenerator random;
    private final EventHub events = new EventHub();
    private final GuestRegistry registry;
    private final GuestChanges changes;
    private final Starter starter;
    private final GuestMigrations migrations;
    private final MigrationCustody custody;
    private final Settlement settlement;
    private volatile boolean detached;

    /**
     * A host without guests; {@link #recover} finds those that are there.
     *
     * @param hypervisor makes machines
     * @param store      keeps definitions and status
     * @param clock      wall-clock time
     * @param random     for UUIDs
     * @param patience   how long a call waits for another one on the same guest, normally {@link #PATIENCE}
     * @param custody    what the host has promised in migrations
     */
    public GuestManager(
            Hypervisor hypervisor, GuestStore store, InstantSource clock, RandomGenerator random, Duration patience,
            MigrationCustody custody) {
        this.hypervisor = hypervisor;
        this.store = store;
        this.random = random;
        this.registry = new GuestRegistry(hypervisor.errorDomain(), patience, custody.waiting(), clock);
        this.changes = new GuestChanges(registry, store, events, clock);
        this.starter = new Starter(hypervisor, changes);
        this.custody = custody;
        this.migrations = new GuestMigrations(registry, changes, starter, hypervisor.errorDomain(), clock, custody);
        this.settlement = new Settlement(registry, migrations, changes, custody, hypervisor.errorDomain(), this::startAgain);
    }

    /** What the host has promised in migrations. */
    MigrationCustody custody() {
        return custody;
    }

    /** Carries out what was decided about guests that leave, and asks where nobody decides. */
    public Settlement settlement() {
        return settlement;
    }

    /** All guests, for looking. */
    public GuestRegistry registry() {
        return registry;
    }

    /** What the sides of a migration do to guests. */
    public GuestMigrations migrations() {
        return migrations;
    }

    /** Hands out events of the driver's own. */
    public EventHub events() {
        return events;
    }

    /**
     * Finds the guests that an earlier daemon left: configurations, and machines that run on. To be called once, before anything else.
     *
     * @param recovery decides about guests that were being migrated
     */
    public void recover(MigrationRecovery recovery) {
        new GuestRecovery(hypervisor, store, registry, changes, starter, migrations, recovery, custody.waiting(), () -> detached).run();
        new JournalRecovery(registry, custody, settlement).run();
    }

    /**
     * Starts the guests marked for autostart that do not run, if that has not happened since the host's boot. A guest that cannot be
     * started is reported in the log and does not keep the others from starting.
     */
    public void autostart() {
        if (store.autostarted()) {
            return;
        }
        store.noteAutostarted();
        for (Guest guest : registry.all()) {
            if (!settlement.arrivedElsewhere(guest.uuid())) {
                startAgain(guest);
            }
        }
    }

    /** A guest starts with the host, perhaps later, when it is known that it does not run elsewhere. */
    private void startAgain(Guest guest) {
        if (!guest.autostart() || guest.active()) {
            return;
        }
        if (changes.isAway(guest)) {
            LOG.log(Level.WARNING, "Guest {0} is not started with the host: it has moved to another one, and was not started here"
                    + " since. Start it by hand only where it is certain that no other host runs it", guest.name());
            return;
        }
        try {
            start(guest.ref(), Set.of(), Client.NONE);
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "Failed to autostart guest " + guest.name(), e);
        }
    }

    /** Lets go of all machines without touching them. */
    public void detach() {
        detached = true;
        for (Guest guest : registry.all()) {
            guest.machine().ifPresent(Machine::detach);
        }
        custody.close();
    }

    @Override
    public Client.Registration listen(Consumer<dev.godwit.domain.DomainEvent> listener) {
        return events.listen(listener);
    }

    // Finding

    @Override
    public List<DomainRef> list(Set<ListFlag> filter) {
        ListFilter wanted = new ListFilter(filter);
        return registry.all().stream().filter(wanted::accepts).map(Guest::ref).toList();
    }

    @Override
    public DomainRef byName(String name) {
        return registry.byName(name).ref();
    }

    @Override
    public DomainRef byUuid(UUID uuid) {
        return registry.byUuid(uuid).ref();
    }

    @Override
    public DomainRef byId(int id) {
        return registry.byId(id).ref();
    }

    // Configurations

    @Override
    public DomainRef define(String xml, Set<DefineFlag> flags) {
        Element configuration = configuration(xml, flags.contains(DefineFlag.VALIDATE));
        try (GuestRegistry.Claim claim = claim(configuration)) {
            changes.configure(claim.guest(), configuration);
            return claim.guest().ref();
        }
    }

    @Override
    public void undefine(DomainRef ref, Set<UndefineFlag> flags) {
        try (GuestRegistry.Claim claim = registry.claim(ref);
                Job _ = claim.guest().jobs().begin(JobKind.MODIFY, "remoteDispatchDomainUndefineFlags")) {
            if (!claim.guest().persistent()) {
                throw invalid("cannot undefine transient domain");
            }
            Optional<Element> removed = claim.guest().configuration();
            changes.unconfigure(claim.guest(), true);
            claim.guest().facts().run().ifPresent(run -> removed.ifPresent(run::formerConfiguration));
        }
    }

    @Override
    public boolean autostart(DomainRef ref) {
        return registry.of(ref).autostart();
    }

    @Override
    public void autostart(DomainRef ref, boolean on) {
        Guest guest = registry.of(ref);
        if (!guest.persistent()) {
            throw invalid("cannot set autostart for transient domain");
        }
        try (Job _ = guest.jobs().begin(JobKind.MODIFY, "remoteDispatchDomainSetAutostart")) {
            if (!guest.persistent()) {
                throw invalid("cannot set autostart for transient domain");
            }
            changes.autostart(guest, on);
        }
    }

    // Starting

    @Override
    public DomainRef create(String xml, Set<CreateFlag> flags, Client client) {
        Element configuration = configuration(xml, flags.contains(CreateFlag.VALIDATE));
        try (GuestRegistry.Claim claim = claim(configuration)) {
            Guest guest = claim.guest();
            GuestChanges.requireOff(guest);
            try (Job _ = guest.jobs().begin(JobKind.MODIFY, "remoteDispatchDomainCreateXML")) {
                return boot(guest, configuration, flags, client);
            }
        }
    }

    @Override
    public DomainRef start(DomainRef ref, Set<CreateFlag> flags, Client client) {
        try (GuestRegistry.Claim claim = registry.claim(ref);
                Job _ = claim.guest().jobs().begin(JobKind.MODIFY, "remoteDispatchDomainCreateWithFlags")) {
            Guest guest = claim.guest();
            if (guest.active()) {
                throw invalid("domain is already running");
            }
            Element configuration = guest.configuration().orElseThrow(() -> registry.gone(ref));
            return boot(guest, configuration, flags, client);
        }
    }

    private DomainRef boot(Guest guest, Element configuration, Set<CreateFlag> flags, Client client) {
        settlement.requireNoDoubt(guest);
        Run run = starter.start(guest, configuration, Optional.empty());
        boolean runs = false;
        try {
            if (flags.contains(CreateFlag.PAUSED)) {
                changes.emit(guest, Lifecycle.STARTED_BOOTED);
                changes.become(guest, run, StateReason.PAUSED_USER, Optional.of(Lifecycle.SUSPENDED_PAUSED));
            } else {
                starter.resume(guest, run, StateReason.RUNNING_BOOTED);
                changes.emit(guest, Lifecycle.STARTED_BOOTED);
            }
            runs = true;
        } finally {
            if (!runs) {
                changes.kill(guest, run, new End(StateReason.SHUTOFF_FAILED, Optional.empty(), false), false);
            }
        }
        changes.here(guest);
        if (flags.contains(CreateFlag.AUTODESTROY)) {
            changes.keep(guest, run, client.onClose(() -> autodestroy(guest, run)));
        }
        return new DomainRef(guest.name(), guest.uuid(), run.id());
    }

    private void autodestroy(Guest guest, Run run) {
        // The connection that ends must not wait for the guest.
        Thread.ofVirtual().name("autodestroy " + guest.name()).start(() -> {
            try (Job _ = guest.jobs().begin(JobKind.DESTROY, "autodestroy")) {
                changes.kill(guest, run, End.of(StateReason.SHUTOFF_DESTROYED, Lifecycle.STOPPED_DESTROYED), false);
            } catch (VirtException e) {
                LOG.log(Level.ERROR, "Guest " + guest.name() + " should have ended with its connection", e);
            }
        });
    }

    // Running

    @Override
    public void suspend(DomainRef ref) {
        Guest guest = registry.of(ref);
        try (Job _ = guest.jobs().begin(JobKind.SUSPEND, "remoteDispatchDomainSuspend")) {
            Run run = run(guest);
            switch (guest.state().state()) {
                case PAUSED -> {}
                case PMSUSPENDED -> throw invalid("domain is pmsuspended");
                default -> starter.stop(guest, run, guest.jobs().migration().isPresent()
                        ? StateReason.PAUSED_MIGRATION
                        : StateReason.PAUSED_USER);
            }
        }
    }

    @Override
    public void resume(DomainRef ref) {
        Guest guest = registry.of(ref);
        try (Job _ = guest.jobs().begin(JobKind.MODIFY, "remoteDispatchDomainResume")) {
            Run run = run(guest);
            switch (guest.state().state()) {
                case RUNNING -> throw invalid("domain is already running");
                case PMSUSPENDED -> throw invalid("domain is pmsuspended");
                case CRASHED -> {
                    machine(run).reset();
                    starter.resume(guest, run, StateReason.RUNNING_UNPAUSED);
                }
                default -> starter.resume(guest, run, StateReason.RUNNING_UNPAUSED);
            }
        }
    }

    @Override
    public void shutdown(DomainRef ref, Set<ShutdownFlag> flags) {
        pressPower(ref, flags, false, "remoteDispatchDomainShutdownFlags");
    }

    @Override
    public void reboot(DomainRef ref, Set<ShutdownFlag> flags) {
        pressPower(ref, flags, true, "remoteDispatchDomainReboot");
    }

    /** A reboot is a shutdown after which the machine is reset instead of ended. */
    private void pressPower(DomainRef ref, Set<ShutdownFlag> flags, boolean again, String holder) {
        Guest guest = registry.of(ref);
        Set<ShutdownFlag> unsupported = EnumSet.noneOf(ShutdownFlag.class);
        unsupported.addAll(flags);
        unsupported.removeAll(POWER_FLAGS);
        if (!unsupported.isEmpty()) {
            throw VirtException.raw(ErrorCode.INVALID_ARG, hypervisor.errorDomain(), "unsupported flags (0x%x) in function %s"
                    .formatted(WireFlag.mask(unsupported), again ? "qemuDomainReboot" : "qemuDomainShutdownFlags"));
        }
        try (Job _ = guest.jobs().begin(JobKind.MODIFY, holder)) {
            Run run = run(guest);
            if (!flags.isEmpty() && !flags.contains(ShutdownFlag.ACPI_POWER_BTN)) {
                throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, hypervisor.errorDomain(),
                        "QEMU guest agent is not configured");
            }
            run.restartsOnShutDown(again);
            machine(run).powerDown();
        }
    }

    @Override
    public void reset(DomainRef ref) {
        Guest guest = registry.of(ref);
        try (Job _ = guest.jobs().begin(JobKind.MODIFY, "remoteDispatchDomainReset")) {
            Run run = run(guest);
            machine(run).reset();
            if (guest.state().state() == DomainState.CRASHED) {
                changes.become(guest, run, StateReason.PAUSED_CRASHED, Optional.empty());
            }
        }
    }

    @Override
    public void destroy(DomainRef ref, Set<DestroyFlag> flags) {
        Guest guest = registry.of(ref);
        GuestMigrations.requireRunning(guest);
        try (Job _ = guest.jobs().begin(JobKind.DESTROY, "remoteDispatchDomainDestroyFlags")) {
            Run run = run(guest);
            End end = End.of(StateReason.SHUTOFF_DESTROYED, Lifecycle.STOPPED_DESTROYED);
            changes.kill(guest, run, end, flags.contains(DestroyFlag.GRACEFUL));
            if (flags.contains(DestroyFlag.REMOVE_LOGS)) {
                hypervisor.removeLogs(guest.name());
            }
        }
    }

    // Looking

    @Override
    public String xml(DomainRef ref, Set<XmlFlag> flags) {
        Guest.Facts facts = registry.of(ref).facts();
        Optional<Element> live = facts.live();
        Optional<Element> configuration =
                facts.configuration().or(() -> facts.run().flatMap(Run::formerConfiguration));
        if ((flags.contains(XmlFlag.INACTIVE) || live.isEmpty()) && configuration.isPresent()) {
            return hypervisor.form(configuration.get(), false, flags, Optional.empty()).print();
        }
        Element shown = live.orElseThrow(() -> registry.gone(ref));
        Optional<Machine> machine = facts.run().flatMap(Run::machine);
        if (machine.isPresent()) {
            shown = withMemory(shown, machine.get().memoryKiB());
            if (flags.contains(XmlFlag.INACTIVE) || flags.contains(XmlFlag.MIGRATABLE)) {
                shown = machine.get().asAsked(shown);
            }
        }
        return hypervisor.form(shown, true, flags, configuration).print();
    }

    private static Element withMemory(Element definition, long kib) {
        return definition.mapElements("currentMemory",
                memory -> memory.withText(Long.toString(kib)).withAttr("unit", "KiB"));
    }

    @Override
    public StateReason state(DomainRef ref) {
        return registry.of(ref).state();
    }

    @Override
    public GuestInfo info(DomainRef ref) {
        Guest.Facts facts = registry.of(ref).facts();
        Element definition = definition(ref, facts);
        Optional<Machine> machine = facts.run().flatMap(Run::machine);
        return new GuestInfo(
                facts.state(),
                Definition.maxMemoryKiB(definition),
                machine.map(Machine::memoryKiB).orElseGet(() -> Definition.memoryKiB(definition)),
                Definition.virtualCpus(definition),
                machine.map(Machine::cpuTimeNanos).orElse(0L));
    }

    @Override
    public List<VirtualCpu> virtualCpus(DomainRef ref) {
        return registry.of(ref).machine().map(Machine::virtualCpus).orElse(List.of());
    }

    @Override
    public int virtualCpuCount(DomainRef ref, boolean live, boolean maximum) {
        Element definition = ofKind(registry.of(ref), live);
        return maximum ? Definition.maxVirtualCpus(definition) : Definition.virtualCpus(definition);
    }

    @Override
    public boolean isActive(DomainRef ref) {
        return registry.of(ref).active();
    }

    @Override
    public boolean isPersistent(DomainRef ref) {
        return registry.of(ref).persistent();
    }

    @Override
    public boolean isUpdated(DomainRef ref) {
        return registry.of(ref).updated();
    }

    @Override
    public String osType(DomainRef ref) {
        return Definition.osType(definition(ref, registry.of(ref).facts()));
    }

    @Override
    public List<String> messages(DomainRef ref) {
        Guest guest = registry.of(ref);
        List<String> messages = new ArrayList<>(settlement.doubt(guest.uuid()).stream().toList());
        messages.addAll(guest.machine().map(Machine::messages).orElse(List.of()));
        return messages;
    }

    @Override
    public ControlInfo control(DomainRef ref) {
        Guest guest = registry.of(ref);
        GuestMigrations.requireRunning(guest);
        if (guest.machine().filter(machine -> !machine.answers()).isPresent()) {
            return new ControlInfo(CONTROL_ERROR, CONTROL_ERROR_MONITOR, 0);
        }
        return new ControlInfo(guest.jobs().current().isPresent() ? CONTROL_JOB : CONTROL_OK, 0, 0);
    }

    @Override
    public String metadata(DomainRef ref, int type, Optional<String> namespace, boolean ofConfiguration) {
        Guest guest = registry.of(ref);
        Element definition = ofConfiguration ? ofKind(guest, false) : definition(ref, guest.facts());
        return (switch (type) {
            case 0 -> definition.childText("description");
            case 1 -> definition.childText("title");
            case 2 -> definition.child("metadata").stream()
                    .flatMap(metadata -> metadata.elements().stream())
                    .filter(element -> namespace.filter(element.namespace()::equals).isPresent())
                    .findFirst()
                    .map(element -> element.print().strip());
            default -> throw new VirtException(
                    ErrorCode.INVALID_ARG, ErrorDomain.DOMAIN, "unknown metadata type " + type);
        }).orElseThrow(() -> new VirtException(ErrorCode.NO_DOMAIN_METADATA, ErrorDomain.DOMAIN,
                "Requested metadata element is not present"));
    }

    private Element definition(DomainRef ref, Guest.Facts facts) {
        return facts.live().or(facts::configuration).orElseThrow(() -> registry.gone(ref));
    }

    private static Element ofKind(Guest guest, boolean live) {
        return live
                ? guest.live().orElseThrow(GuestMigrations::notRunning)
                : guest.configuration().orElseThrow(() -> new VirtException(
                        ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN,
                        "transient domains do not have any persistent config"));
    }

    private Element configuration(String xml, boolean validate) {
        Element given = Definition.parse(xml).withoutAttr("id");
        if (Definition.uuid(given).isEmpty()) {
            given = Definition.withUuid(given, randomUuid());
        }
        return hypervisor.complete(given, validate);
    }

    private UUID randomUuid() {
        // RFC 9562, section 5.4
        return new UUID(
                random.nextLong() & ~0xF000L | 0x4000L,
                random.nextLong() & ~(0b11L << 62) | 0b10L << 62);
    }

    private GuestRegistry.Claim claim(Element configuration) {
        return registry.claim(Definition.name(configuration), Definition.uuid(configuration).orElseThrow());
    }

    private static Run run(Guest guest) {
        return guest.run().orElseThrow(GuestMigrations::notRunning);
    }

    private static Machine machine(Run run) {
        return run.machine().orElseThrow(GuestMigrations::notRunning);
    }

    private VirtException invalid(String detail) {
        return new VirtException(ErrorCode.OPERATION_INVALID, hypervisor.errorDomain(), detail);
    }
}

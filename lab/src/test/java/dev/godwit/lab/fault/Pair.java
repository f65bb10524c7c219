package dev.godwit.lab.fault;

import dev.godwit.domain.Host;
import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.Commands;
import dev.godwit.lab.host.FaultyGodwitd;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LeftOvers;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Two hosts and the one guest that is moved between them, row after row: booted once, and again only when it was lost. Knows where
 * the guest is, and what a host holds that has it, or has it not.
 */
final class Pair implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** The guest's memory that is kept full, in MiB: enough for a transfer that is met half way. */
    private static final int FILL_MIB = 24;
    /** A heartbeat that costs an emulated processor little. That memory stays whole is looked at by other tests. */
    private static final String BEAT = "godwit.beat=0.2 godwit.check=0";

    private final Lab lab;
    private final LabHost one;
    private final LabHost two;
    private final LabGuest guest;
    private final MonitorTaps taps;
    private final Map<LabHost, FaultDesk> desks = new HashMap<>();
    private final Map<LabHost, HostView> views = new HashMap<>();
    private final Map<Boolean, Map<LabHost, LeftOvers>> quiet = new HashMap<>();
    private LabHost home;

    /**
     * Two hosts that are up, with nothing on them yet.
     *
     * @param lab the lab they belong to
     * @param one a host that is up, or a faulty one that is not
     * @param two another
     */
    Pair(Lab lab, LabHost one, LabHost two) {
        this.lab = lab;
        this.one = one;
        this.two = two;
        this.home = one;
        this.guest = lab.guest("phoenix-" + one.name(), Shape.DIRECT_KERNEL).with(FILL_MIB, 1).withKernelWords(BEAT);
        this.taps = new MonitorTaps(lab.storage().resolve("taps-" + one.name()));
        for (LabHost host : hosts()) {
            if (host instanceof FaultyGodwitd faulty) {
                // Silence is noticed in three seconds, so that a row is not spent on waiting for that.
                faulty.set("keepalive_interval", Integer.toString(Drive.INTERVAL_SECONDS));
                faulty.set("keepalive_count", Integer.toString(Drive.COUNT));
                desks.put(host, new FaultDesk(faulty.deskSocket()));
                faulty.start();
            }
            views.put(host, new HostView(host, guest.uuid()));
        }
    }

    Lab lab() {
        return lab;
    }

    LabGuest guest() {
        return guest;
    }

    MonitorTaps taps() {
        return taps;
    }

    List<LabHost> hosts() {
        return List.of(one, two);
    }

    /** The host with the guest is the source of the next migration. */
    LabHost host(Host side) {
        return side == Host.SOURCE ? home : home == one ? two : one;
    }

    /** Where the guest is, after it was seen there. */
    void home(LabHost host) {
        home = host;
    }

    HostView view(LabHost host) {
        return views.get(host);
    }

    /** The line to the daemon of a host. */
    FaultDesk desk(LabHost host) {
        return desks.get(host);
    }

    /** Whether the daemon of a host has points in it, and a journal. */
    boolean faulty(LabHost host) {
        return desks.containsKey(host);
    }

    /** Boots the guest where it was last, unless it runs. */
    void boot() {
        if (taps.on(home.name()).flatMap(MonitorTap::status).filter("running"::equals).isPresent()) {
            return;
        }
        taps.forget();
        lab.virsh().run(home, "create", taps.prepare(guest).toString()).expectSuccess();
        guest.serial().awaitLife();
        Await.until("the guest is tapped", PATIENCE, () -> taps.on(home.name()).isPresent());
    }

    /** Moves the guest once in each way and direction, and remembers what the hosts hold then. */
    void warmUp() {
        boot();
        for (Drive drive : Drive.values()) {
            move(drive);
            move(drive);
        }
        remember();
        move(Drive.PEER_TO_PEER);
        remember();
    }

    private void remember() {
        closeViews();
        LabHost away = host(Host.DESTINATION);
        quiet.computeIfAbsent(true, _ -> new HashMap<>()).put(home, LeftOvers.of(home));
        quiet.computeIfAbsent(false, _ -> new HashMap<>()).put(away, LeftOvers.of(away));
    }

    /** Moves the guest to the other host, as if nothing had ever happened. */
    void move(Drive drive) {
        LabHost to = host(Host.DESTINATION);
        drive.client(lab).runAt(lab.desk("desk"), home.uri(), drive.words(guest.name(), to.uri(), 0).toArray(String[]::new))
                .expectSuccess();
        home = to;
    }

    /** Waits until no host holds more than it held after the first migrations. */
    void awaitNothingLeft(boolean guestRuns) {
        closeViews();
        for (LabHost host : hosts()) {
            LeftOvers.awaitNone(host, quiet.get(guestRuns && host == home).get(host));
        }
    }

    private void closeViews() {
        views.values().forEach(HostView::close);
    }

    /** After a row that went wrong: nothing is left of it, and the guest boots anew. */
    void beginAnew() {
        closeViews();
        for (LabHost host : hosts()) {
            host.heal();
            if (host.isUp()) {
                host.kill();
            }
            host.guestProcesses(guest.name()).forEach(pid -> ProcessHandle.of(pid).ifPresent(Commands::kill));
        }
        for (LabHost host : hosts()) {
            Await.until("no QEMU is left on " + host, PATIENCE, () -> host.guestProcesses(guest.name()).isEmpty());
            for (String folder : host instanceof FaultyGodwitd ? List.of("state", "run") : List.of("run", "lib")) {
                Commands.run("sh", "-c", "rm -rf " + host.folder(folder) + "/*");
            }
            Optional.ofNullable(desks.get(host)).ifPresent(FaultDesk::disarm);
            host.start();
        }
        taps.forget();
        boot();
        if (hosts().stream().anyMatch(this::faulty)) {
            // Of a guest that was never moved the new journals know nothing, and can prove nothing.
            move(Drive.PEER_TO_PEER);
        }
    }

    /** All there is to be seen of the guest, for people. */
    String describe() {
        StringBuilder text = new StringBuilder("monitors: " + taps.statuses() + "\n");
        taps.all().forEach(tap -> text.append("  ").append(tap).append('\n'));
        for (LabHost host : hosts()) {
            text.append(host).append(host.isUp() ? "" : " (down)").append(", QEMUs ")
                    .append(host.guestProcesses(guest.name())).append('\n');
            if (!host.isUp()) {
                continue;
            }
            try {
                HostView view = view(host);
                text.append("  state ").append(view.state()).append(view.busy() ? ", in a job" : "").append('\n');
                if (faulty(host)) {
                    view.reports().stream().limit(3).forEach(report -> text.append("  ").append(report).append('\n'));
                    List<?> journal = view.journal();
                    journal.subList(Math.max(0, journal.size() - 14), journal.size())
                            .forEach(entry -> text.append("  ").append(entry).append('\n'));
                }
            } catch (RuntimeException e) {
                text.append("  ").append(e.getMessage()).append('\n');
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        closeViews();
        for (LabHost host : hosts()) {
            host.heal();
            if (!host.isUp()) {
                host.start();
            }
        }
        lab.clear(one, two);
        taps.close();
        desks.values().forEach(FaultDesk::close);
    }
}

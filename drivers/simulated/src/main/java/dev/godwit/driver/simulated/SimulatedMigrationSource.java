package dev.godwit.driver.simulated;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationContradictions;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.XmlFlag;
import dev.godwit.guest.AbandonedMigration;
import dev.godwit.guest.Definition;
import dev.godwit.guest.Guest;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.GuestMigrations;
import dev.godwit.guest.MigrationJob;
import dev.godwit.guest.MigrationLimits;
import dev.godwit.guest.OutgoingMigrations;
import dev.godwit.guest.Transfer;
import dev.godwit.xml.Element;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Sends a machine that is a few numbers, as pre-copy does: pass after pass, until the rest fits into the downtime. */
public final class SimulatedMigrationSource implements MigrationSource {

    private final HostSetting setting;
    private final GuestManager manager;
    private final SimulatedHypervisor hypervisor;
    private final SimulatedWorld world;
    private final OutgoingMigrations outgoing;

    SimulatedMigrationSource(HostSetting setting, GuestManager manager, SimulatedHypervisor hypervisor,
            SimulatedWorld world, AbandonedMigration abandoned) {
        this.setting = setting;
        this.manager = manager;
        this.hypervisor = hypervisor;
        this.world = world;
        this.outgoing = new OutgoingMigrations(manager, abandoned, ErrorDomain.TEST);
    }

    @Override
    public Offer begin(MigrationRequest request) {
        MigrationContradictions.of(request, ErrorDomain.TEST).ifPresent(contradiction -> {
            throw contradiction;
        });
        return outgoing.begin(request, job -> {
            Guest guest = job.guest();
            Element definition = request.destinationXml().map(Definition::parse)
                    .orElseGet(() -> manager.migrations().live(job));
            Element form = hypervisor.form(
                    definition, true, Set.of(XmlFlag.MIGRATABLE, XmlFlag.SECURE), Optional.empty());
            boolean paused = guest.state().state() == DomainState.PAUSED;
            return new Offer(form.print(), cookie(guest, Optional.empty(), job.ticket()), paused);
        });
    }

    @Override
    public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
        SimulatedMigrationCookie told = SimulatedMigrationCookie.read(receiver.cookie(), setting.host());
        return outgoing.perform(request, told.ticket(), new Sending(request, receiver.tunnel(), control));
    }

    @Override
    public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
        outgoing.confirm(request, verdict, SimulatedMigrationCookie.ticketIn(cookie), MigrationJob::stats);
    }

    @Override
    public void abandon(MigrationRequest request) {
        outgoing.abandon(request);
    }

    void close() {
        outgoing.close();
    }

    private Cookie cookie(Guest guest, Optional<Element> configuration, Optional<MigrationTicket> ticket) {
        return new SimulatedMigrationCookie(
                setting.host().uuid().toString(), !guest.persistent(), configuration, ticket).print();
    }

    /** One transfer. */
    private final class Sending implements OutgoingMigrations.Sending {

        private static final long MILLI = 1_000_000;
        private static final long STALLED = 100 * MILLI;

        private final MigrationRequest request;
        private final Optional<Tunnel> tunnel;
        private final PerformControl control;
        private final Signal woken = new Signal(setting.waiting());
        private final GuestMigrations migrations = manager.migrations();
        private long sentBytes;
        private int iteration;

        Sending(MigrationRequest request, Optional<Tunnel> tunnel, PerformControl control) {
            this.request = request;
            this.tunnel = tunnel;
            this.control = control;
        }

        @Override
        public void wake() {
            woken.raise();
            tunnel.ifPresent(Tunnel::close); // where this side may wait for a receiver that takes nothing
        }

        @Override
        public Cookie send(MigrationJob job, Transfer transfer) {
            boolean sent = false;
            try {
                Cookie cookie = send(job, transfer, tunnel.<Far>map(Tunnelled::new).orElseGet(this::receiver));
                sent = true;
                return cookie;
            } catch (VirtException e) {
                throw transfer.cancelled() ? cancelled() : e;
            } finally {
                if (!sent) {
                    tunnel.ifPresent(Tunnel::close);
                }
            }
        }

        private Cookie send(MigrationJob job, Transfer transfer, Far there) {
            SimulatedMachine machine = (SimulatedMachine) migrations.run(job).machine().orElseThrow();
            long began = setting.waiting().nanoTime();
            job.progress(() -> figures(machine, began, OptionalLong.empty(), JobType.UNBOUNDED));
            if (!request.has(MigrationFlag.LIVE) && machine.isRunning()) {
                migrations.pauseOutgoing(job);
            }
            machine.copyIsVoid();
            long askedLimit = job.guest().limits().maxSpeedMiB();
            while (true) {
                migrations.iteration(job, ++iteration);
                long rest = machine.takeDirty();
                while (rest > 0) {
                    awaitFlow(job, transfer, machine, there);
                    long speed = speed(job.guest().limits(), askedLimit);
                    long downtime = job.guest().limits().maxDowntimeMillis().orElse(SimulatedTuning.DOWNTIME_MILLIS);
                    if (iteration > 1 && fits(rest + machine.dirtyBytes(), speed, downtime)) {
                        break;
                    }
                    long step = Math.min(rest, Math.max(1, speed / 500));
                    if (speed < Long.MAX_VALUE) {
                        woken.await(2 * MILLI);
                    }
                    check(job, transfer, machine, there);
                    there.copied(step);
                    rest -= step;
                    sentBytes += step;
                    control.progress(job.stats());
                }
                if (fits(rest + machine.dirtyBytes(), speed(job.guest().limits(), askedLimit),
                        job.guest().limits().maxDowntimeMillis().orElse(SimulatedTuning.DOWNTIME_MILLIS))) {
                    break;
                }
            }
            awaitFlow(job, transfer, machine, there);
            check(job, transfer, machine, there);
            if (machine.isRunning()) {
                migrations.pauseOutgoing(job);
            }
            long stopped = setting.waiting().nanoTime();
            sentBytes += machine.takeDirty();
            try {
                there.receive(machine.soul());
            } catch (VirtException e) {
                machine.copyIsVoid();
                throw e;
            }
            job.progress(() -> figures(machine, began, OptionalLong.of(stopped), JobType.UNBOUNDED));
            return cookie(job.guest(), configuration(job.guest()), job.ticket());
        }

        private Optional<Element> configuration(Guest guest) {
            if (!request.has(MigrationFlag.PERSIST_DEST)) {
                return Optional.empty();
            }
            Element configuration = request.persistentXml().map(Definition::parse)
                    .or(guest::configuration).or(guest::live).orElseThrow();
            return Optional.of(hypervisor.form(
                    configuration, false, Set.of(XmlFlag.INACTIVE, XmlFlag.SECURE), Optional.empty()));
        }

        private Far receiver() {
            String uri = request.uri().orElseThrow(() -> failed("nobody said where the receiver waits"));
            SimulatedMigrationUri where = SimulatedMigrationUri.parse(uri);
            return world.find(where.host())
                    .flatMap(host -> host.receiver(where.port().orElse(0)))
                    .map(Reached::new)
                    .orElseThrow(() -> failed("unable to connect to server at '" + where.host() + ":"
                            + where.port().orElse(0) + "': Connection refused"));
        }

        /** Waits while the network takes nothing. */
        private void awaitFlow(MigrationJob job, Transfer transfer, SimulatedMachine machine, Far there) {
            while (there.stalls()) {
                woken.await(STALLED);
                check(job, transfer, machine, there);
            }
        }

        private void check(MigrationJob job, Transfer transfer, SimulatedMachine machine, Far there) {
            if (outgoing.isClosed()) {
                throw failed("the daemon ends");
            }
            if (machine.isEnded() || !job.active()) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.DOMAIN, "domain is not running");
            }
            if (control.cancelled() || Thread.currentThread().isInterrupted()) {
                transfer.cancel();
            }
            if (transfer.cancelled()) {
                throw cancelled();
            }
            if (there.isGone()) {
                throw failed("the receiver is gone");
            }
        }

        /** A limit set during the transfer counts; until then the one that was asked for does. */
        private long speed(MigrationLimits limits, long atBegin) {
            long mib = limits.maxSpeedMiB() == atBegin && request.bandwidthMiB().orElse(0) > 0
                    ? request.bandwidthMiB().getAsLong()
                    : limits.maxSpeedMiB();
            return mib >= MigrationLimits.UNLIMITED || mib == 0 ? Long.MAX_VALUE : mib << 20;
        }

        private static boolean fits(long bytes, long speed, long downtimeMillis) {
            return speed == Long.MAX_VALUE || bytes <= speed / 1000 * downtimeMillis;
        }

        private JobStats figures(SimulatedMachine machine, long began, OptionalLong stopped, JobType type) {
            long now = setting.waiting().nanoTime();
            long remaining = stopped.isPresent() ? 0 : Math.max(0, machine.memoryBytes() - sentBytes);
            Map<JobField, Long> values = new EnumMap<>(JobField.class);
            values.put(JobField.OPERATION, (long) JobOperation.MIGRATION_OUT.ordinal());
            values.put(JobField.TIME_ELAPSED, (now - began) / MILLI);
            values.put(JobField.DOWNTIME, stopped.isPresent() ? (now - stopped.getAsLong()) / MILLI : 0);
            for (JobField total : List.of(JobField.DATA_TOTAL, JobField.MEMORY_TOTAL)) {
                values.put(total, machine.memoryBytes());
            }
            for (JobField processed : List.of(JobField.DATA_PROCESSED, JobField.MEMORY_PROCESSED)) {
                values.put(processed, sentBytes);
            }
            for (JobField left : List.of(JobField.DATA_REMAINING, JobField.MEMORY_REMAINING)) {
                values.put(left, remaining);
            }
            values.put(JobField.MEMORY_ITERATION, (long) iteration);
            return new JobStats(type, values);
        }

        private static VirtException cancelled() {
            return new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.TEST,
                    "job 'migration out' canceled by client");
        }

        private VirtException failed(String why) {
            return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.TEST,
                    "job 'migration out' failed: " + why);
        }

        /** A receiver in the same world. */
        private final class Reached implements Far {

            private final SimulatedMachine machine;

            Reached(SimulatedMachine machine) {
                this.machine = machine;
            }

            @Override
            public boolean isGone() {
                return machine.isEnded() && !stalls();
            }

            @Override
            public boolean stalls() {
                return !here().fabric().carries(here(), machine.host());
            }

            private SimulatedHost here() {
                return world.host(setting.host().name());
            }

            @Override
            public void copied(long bytes) {
                // The numbers of its memory are not kept there either.
            }

            @Override
            public void receive(SimulatedMachine.Soul soul) {
                try {
                    if (here().fabric().arrives(here(), machine.host())) {
                        machine.receive(soul);
                    }
                } catch (VirtException e) {
                    throw failed("the receiver is gone");
                }
            }
        }
    }

    /** A receiver, as far as the sender has to do with it. */
    private interface Far {

        /** Whether it is known to be gone. */
        boolean isGone();

        /** Whether nothing gets there now. */
        boolean stalls();

        /** Some of the memory was copied. */
        void copied(long bytes);

        /** The rest, after which the receiver has all. */
        void receive(SimulatedMachine.Soul soul);
    }

    /** A receiver behind a tunnel, which says when it is gone. */
    private record Tunnelled(Tunnel tunnel) implements Far {

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public boolean stalls() {
            return false; // the connection behind it waits by itself
        }

        @Override
        public void copied(long bytes) {
            tunnel.send(SimulatedTunnel.pages(bytes));
        }

        @Override
        public void receive(SimulatedMachine.Soul soul) {
            tunnel.send(SimulatedTunnel.soul(soul));
            tunnel.finish();
        }
    }
}

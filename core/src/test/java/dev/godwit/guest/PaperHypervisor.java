package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Guests.VirtualCpu;
import dev.godwit.driver.XmlFlag;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A hypervisor whose machines do as they are told and note it. Outlives the managers that use it. */
final class PaperHypervisor implements Hypervisor {

    final Map<UUID, PaperMachine> machines = new ConcurrentHashMap<>();
    /** The runs that were known when the daemon came back. */
    Set<Integer> knownRuns = Set.of();
    volatile Optional<VirtException> failure = Optional.empty();
    volatile Runnable whileStarting = () -> {};

    final class PaperMachine implements Machine {
        final UUID guest;
        final List<String> told = new CopyOnWriteArrayList<>();
        volatile MachineEvents events;
        volatile boolean running;
        volatile boolean immortal;
        /** Does not answer. */
        volatile boolean silent;
        /** Is known not to have run once it has gone. */
        volatile boolean heardOut;
        volatile Runnable whileResetting = () -> {};
        volatile Runnable whileResuming = () -> {};
        volatile Optional<VirtException> refuses = Optional.empty();
        volatile Optional<StateReason> over = Optional.empty();

        PaperMachine(UUID guest, MachineEvents events) {
            this.guest = guest;
            this.events = events;
        }

        private void told(String what) {
            told.add(what);
            refuses.ifPresent(refusal -> {
                throw refusal;
            });
        }

        @Override
        public void stop() {
            told("stop");
            running = false;
            events.stopped();
        }

        @Override
        public void resume() {
            told("resume");
            whileResuming.run();
            running = true;
            events.resumed();
        }

        @Override
        public void powerDown() {
            told("powerDown");
        }

        @Override
        public void reset() {
            told("reset");
            whileResetting.run();
            events.rebooted();
        }

        @Override
        public void kill(boolean graceful) {
            told.add(graceful ? "ask" : "kill");
            if (immortal) {
                throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.TEST, "it does not die");
            }
            vanish();
        }

        @Override
        public boolean stoodStill() {
            return machines.get(guest) == this ? !silent : heardOut;
        }

        /** Ends on its own. */
        void vanish() {
            running = false;
            machines.remove(guest, this);
            events.ended();
        }

        @Override
        public long cpuTimeNanos() {
            return 7;
        }

        @Override
        public long memoryKiB() {
            return 512;
        }

        @Override
        public List<VirtualCpu> virtualCpus() {
            return List.of();
        }

        @Override
        public List<Element> status() {
            return List.of(Element.of("paper").withAttr("guest", guest.toString()));
        }

        @Override
        public void over(StateReason state) {
            over = Optional.of(state);
        }

        @Override
        public void detach() {
            told("detach");
        }
    }

    PaperMachine machine(UUID guest) {
        return Optional.ofNullable(machines.get(guest)).orElseThrow();
    }

    @Override
    public ErrorDomain errorDomain() {
        return ErrorDomain.QEMU;
    }

    @Override
    public Element complete(Element definition, boolean validate) {
        if (definition.has("unsupported")) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, "unsupported");
        }
        return definition;
    }

    @Override
    public Launched start(Launch launch) {
        whileStarting.run();
        failure.ifPresent(e -> {
            throw e;
        });
        PaperMachine machine = new PaperMachine(launch.uuid(), launch.events());
        launch.events().starting(machine.status());
        machines.put(launch.uuid(), machine);
        return new Launched(machine, launch.definition().with(Element.of("started")));
    }

    @Override
    public Reattached reattach(Launch launch, GuestStatus status) {
        PaperMachine machine = machines.get(launch.uuid());
        if (machine == null) {
            return new Reattached.Gone(StateReason.SHUTOFF_CRASHED);
        }
        machine.events = launch.events();
        return machine.immortal
                ? new Reattached.Silent(machine, () -> reattach(launch, status))
                : new Reattached.Alive(machine, launch.definition(),
                        machine.running ? StateReason.RUNNING_UNPAUSED : status.state());
    }

    @Override
    public void removeOrphans(Set<Integer> known) {
        knownRuns = Set.copyOf(known);
    }

    @Override
    public Element form(
            Element definition, boolean live, Set<XmlFlag> flags, Optional<Element> configuration) {
        return flags.contains(XmlFlag.INACTIVE)
                ? definition.withoutAttr("id").without("started")
                : definition;
    }
}

package dev.godwit.driver.simulated;

import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Waiting;
import dev.godwit.driver.XmlFlag;
import dev.godwit.guest.Definition;
import dev.godwit.guest.GuestStatus;
import dev.godwit.guest.Hypervisor;
import dev.godwit.guest.Launch;
import dev.godwit.xml.Element;
import java.util.Optional;
import java.util.Set;

/** Makes machines that are numbers in memory. */
public final class SimulatedHypervisor implements Hypervisor {

    /** The namespace of what a definition may say about the simulation. */
    public static final String NAMESPACE = "https://godwit.dev/simulated/1";

    private final SimulatedHost host;
    private final Waiting waiting;

    /**
     * The hypervisor of one host.
     *
     * @param host    where its machines are
     * @param waiting tells the time they go by
     */
    public SimulatedHypervisor(SimulatedHost host, Waiting waiting) {
        this.host = host;
        this.waiting = waiting;
    }

    @Override
    public ErrorDomain errorDomain() {
        return ErrorDomain.TEST;
    }

    @Override
    public Element complete(Element definition, boolean validate) {
        String type = definition.attr("type", "");
        if (!type.equals("test")) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.TEST,
                    "the simulated hypervisor runs domains of type 'test' only, not '" + type + "'");
        }
        if (Definition.maxMemoryKiB(definition) == 0) {
            throw new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN,
                    "Memory size must be specified via <memory> or in the <numa> configuration");
        }
        if (Definition.virtualCpus(definition) > Definition.maxVirtualCpus(definition)) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.DOMAIN,
                    "maximum vCPU count must not be less than current vCPU count");
        }
        dirtyRate(definition);
        return definition;
    }

    @Override
    public Launched start(Launch launch) {
        SimulatedMachine machine = new SimulatedMachine(
                host,
                launch.uuid(),
                waiting,
                Definition.memoryKiB(launch.definition()),
                Definition.virtualCpus(launch.definition()),
                dirtyRate(launch.definition()),
                launch.incoming(),
                launch.events());
        launch.events().starting(machine.status());
        host.put(machine);
        return new Launched(machine, launch.definition());
    }

    @Override
    public Reattached reattach(Launch launch, GuestStatus status) {
        Optional<SimulatedMachine> found = host.machine(launch.uuid());
        if (found.isEmpty()) {
            return new Reattached.Gone(StateReason.SHUTOFF_CRASHED);
        }
        SimulatedMachine machine = found.get();
        machine.attach(launch.events());
        boolean ran = status.state().state() == DomainState.RUNNING;
        StateReason state = machine.isRunning() == ran
                ? status.state()
                : machine.isRunning() ? StateReason.RUNNING_UNKNOWN : StateReason.PAUSED_UNKNOWN;
        return new Reattached.Alive(machine, launch.definition(), state);
    }

    @Override
    public Element form(
            Element definition, boolean live, Set<XmlFlag> flags, Optional<Element> configuration) {
        boolean inactive = flags.contains(XmlFlag.INACTIVE) || flags.contains(XmlFlag.MIGRATABLE);
        Element shown = inactive ? definition.withoutAttr("id") : definition;
        if (flags.contains(XmlFlag.SECURE)) {
            return shown;
        }
        return shown.mapElements("devices", devices ->
                devices.mapElements("graphics", graphics -> graphics.withoutAttr("passwd")));
    }

    /**
     * How fast a guest writes its memory, in bytes/s: {@code <metadata><sim:guest xmlns:sim='…' dirty='1048576'/></metadata>}.
     */
    private static long dirtyRate(Element definition) {
        Optional<String> rate = definition.child("metadata").stream()
                .flatMap(metadata -> metadata.elements().stream())
                .filter(element -> element.namespace().equals(NAMESPACE))
                .findFirst()
                .flatMap(element -> element.attr("dirty"));
        try {
            long bytes = Long.parseLong(rate.orElse("0"));
            if (bytes >= 0) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new VirtException(ErrorCode.XML_ERROR, ErrorDomain.TEST,
                "the rate '" + rate.orElse("") + "' at which the simulated guest writes memory is no number of bytes/s");
    }
}

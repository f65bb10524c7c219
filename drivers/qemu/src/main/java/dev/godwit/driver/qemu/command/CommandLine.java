package dev.godwit.driver.qemu.command;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The command line of QEMU for a guest.
 *
 * <p>The same definition gives the same machine here and under a stock daemon: names of devices, buses,
 * addresses, their order, and the properties that a migration compares. What only this host sees (sockets, tap devices,
 * files) may differ.
 */
public final class CommandLine {

    /** In the order of the command line. */
    private static final List<Part> PARTS = List.of(
            new NameArguments(),
            new MachineArguments(),
            new CpuArguments(),
            new MemoryArguments(),
            new VcpuArguments(),
            new MonitorArguments(),
            new ClockArguments(),
            new PowerArguments(),
            new BootArguments(),
            new ControllerArguments(),
            new HubArguments(),
            new DiskArguments(),
            new InterfaceArguments(),
            new SerialArguments(),
            new ChannelArguments(),
            new ConsoleArguments(),
            new InputArguments(),
            new AudioArguments(),
            new GraphicsArguments(),
            new VideoArguments(),
            new WatchdogArguments(),
            new IncomingArguments(),
            new BalloonArguments(),
            new RngArguments(),
            new UserArguments(),
            new SandboxArguments(),
            new PanicArguments());

    /** Elements of {@code <domain>} that are for daemons and people; QEMU is not told. */
    private static final List<Shape> NOT_FOR_QEMU = List.of(
            Shape.anything("title"),
            Shape.anything("description"),
            Shape.anything("metadata"),
            Shape.anything("resource"),
            Shape.anything("seclabel"));

    private CommandLine() {}

    /**
     * Refuses a definition with anything in it that cannot be turned into a command line.
     *
     * @param domain a completed definition, live or not
     * @throws VirtException with code 67, naming the first thing that is not understood and the guest
     */
    public static void requireUnderstood(Element domain) {
        String name = domain.childText("name").orElse("");
        Map<String, Shape> known = new LinkedHashMap<>();
        PARTS.forEach(part -> part.shapes().forEach(shape -> known.put(shape.name(), shape)));
        NOT_FOR_QEMU.forEach(shape -> known.put(shape.name(), shape));
        for (Element element : domain.elements()) {
            if (!element.name().equals("devices")) {
                require(element, known, "", name);
            }
        }
        domain.child("devices").map(Element::elements).orElse(List.of())
                .forEach(device -> require(device, known, "device ", name));
    }

    private static void require(Element element, Map<String, Shape> known, String prefix, String guest) {
        Shape shape = known.get(element.name());
        if (shape == null) {
            throw unsupported(prefix + "<" + element.name() + ">", guest);
        }
        shape.strange(element).ifPresent(strange -> {
            throw unsupported(prefix + strange, guest);
        });
    }

    private static VirtException unsupported(String what, String guest) {
        return new VirtException(
                ErrorCode.CONFIG_UNSUPPORTED,
                ErrorDomain.QEMU,
                "%s of guest %s is not supported yet".formatted(what, guest));
    }

    /**
     * Builds the command line.
     *
     * @param live the definition of the guest that is about to start
     * @param capabilities of the QEMU that will run it
     * @param options how it is started
     * @return the path of the emulator and its arguments
     * @throws VirtException with code 67, naming what is not supported
     */
    public static List<String> build(Element live, QemuCapabilities capabilities, StartOptions options) {
        requireUnderstood(live);
        Guest guest = new Guest(live, capabilities, options);
        Arguments out = new Arguments();
        out.add(capabilities.emulator());
        PARTS.forEach(part -> part.append(guest, out));
        return out.toList();
    }

    /**
     * The environment that the definition asks for ({@code <qemu:env>}), to be added to the daemon's own choice.
     *
     * @param domain any form of a definition
     * @return values by name
     */
    public static Map<String, String> environment(Element domain) {
        return UserArguments.environment(domain);
    }
}

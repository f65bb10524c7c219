package dev.godwit.cli.host;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.command.Version;
import dev.godwit.cli.command.XPathOutput;
import dev.godwit.cli.domain.CpuCommands;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.text.Fields;
import dev.godwit.client.RemoteHost;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The commands about a host and its hypervisor. */
public final class HostCommands {

    private HostCommands() {}

    /** {@code capabilities}. */
    public static Command capabilities() {
        return Command.of(Syntax.of("capabilities", "what a host can do",
                "Prints what a host and its hypervisor can do, as XML.", XPathOutput.XPATH, XPathOutput.WRAP),
                (session, arguments) -> {
                    XPathOutput.print(session, arguments, session.attempt("failed to get capabilities",
                            () -> session.connection().host().capabilities()));
                });
    }

    /** {@code domcapabilities}. */
    public static Command domcapabilities() {
        return Command.of(Syntax.of("domcapabilities", "what guests of a host can have",
                "Prints what guests can have with one emulator and machine type, as XML.",
                text("virttype", "kvm or qemu").tolerated()
                        .completedBy(new Option.Completion.Words(List.of("kvm", "qemu"))),
                text("emulatorbin", "path of the emulator").tolerated()
                        .completedBy(new Option.Completion.Files()),
                text("arch", "architecture").tolerated(), text("machine", "machine type").tolerated(),
                XPathOutput.XPATH, XPathOutput.WRAP,
                flag("disable-deprecated-features", "leave out CPU features that are deprecated")),
                (session, arguments) -> {
                    int flags = arguments.has("disable-deprecated-features") ? 1 : 0;
                    XPathOutput.print(session, arguments, session.attempt("failed to get emulator capabilities",
                            () -> session.connection().host().domainCapabilities(arguments.text("emulatorbin"),
                                    arguments.text("arch"), arguments.text("machine"), arguments.text("virttype"),
                                    flags)));
                });
    }

    /** {@code nodeinfo}. */
    public static Command nodeinfo() {
        return Command.of(Syntax.of("nodeinfo", "what a host is made of",
                "Says what CPUs and memory a host has.", Option.output()), HostCommands::node);
    }

    private static void node(Session session, Arguments arguments) {
        boolean json = session.json(arguments);
        RemoteHost.Node node = session.attempt("failed to get node information",
                () -> session.connection().host().node());
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("model", node.model());
            fields.put("cpus", node.cpus());
            fields.put("mhz", node.mhz());
            fields.put("sockets", node.sockets());
            fields.put("coresPerSocket", node.cores());
            fields.put("threadsPerCore", node.threads());
            fields.put("numaCells", node.nodes());
            fields.put("memoryKiB", node.memoryKiB());
            session.printJson(fields);
            return;
        }
        Fields fields = new Fields(20, session::print);
        fields.line("CPU model", node.model());
        fields.line("CPU(s)", Integer.toString(node.cpus()));
        if (node.mhz() != 0) {
            fields.line("CPU frequency", node.mhz() + " MHz");
        }
        fields.line("CPU socket(s)", Integer.toString(node.sockets()));
        fields.line("Core(s) per socket", Integer.toString(node.cores()));
        fields.line("Thread(s) per core", Integer.toString(node.threads()));
        fields.line("NUMA cell(s)", Integer.toString(node.nodes()));
        fields.line("Memory size", node.memoryKiB() + " KiB");
    }

    /** {@code nodecpumap}. */
    public static Command nodecpumap() {
        return Command.of(Syntax.of("nodecpumap", "which CPUs of a host are online",
                "Says how many CPUs a host has and which are online.", flag("pretty", "print them as ranges")),
                (session, arguments) -> {
                    List<Boolean> online = session.attempt("Unable to get cpu map",
                            () -> session.connection().host().onlineCpus());
                    Fields fields = new Fields(15, session::print);
                    fields.line("CPUs present", Integer.toString(online.size()));
                    fields.line("CPUs online", Long.toString(online.stream().filter(on -> on).count()));
                    StringBuilder map = new StringBuilder();
                    online.forEach(on -> map.append(on ? 'y' : '-'));
                    fields.line("CPU map", arguments.has("pretty") ? CpuCommands.ranges(online) : map.toString());
                });
    }

    /** {@code hostname}. */
    public static Command hostname() {
        return simple("hostname", "a host's name", "Says the name a host has for itself.",
                "failed to get hostname", session -> session.connection().host().hostname() + "\n");
    }

    /** {@code uri}. */
    public static Command uri() {
        return simple("uri", "where this is connected to", "Prints the URI of the connection.",
                "failed to get URI", session -> session.connection().uri() + "\n");
    }

    /** {@code sysinfo}. */
    public static Command sysinfo() {
        return simple("sysinfo", "a host's SMBIOS data", "Prints what a host's firmware says of it, as XML.",
                "failed to get sysinfo", session -> session.connection().host().sysinfo());
    }

    /** {@code maxvcpus}. */
    public static Command maxvcpus() {
        return Command.of(Syntax.of("maxvcpus", "how many virtual CPUs a guest may have",
                "Says how many virtual CPUs a guest of a type may have at most.",
                text("type", "kvm or qemu").tolerated()
                        .completedBy(new Option.Completion.Words(List.of("kvm", "qemu")))),
                (session, arguments) -> session.print(
                        session.connection().host().maxVirtualCpus(arguments.text("type")) + "\n"));
    }

    private static Command simple(
            String name, String summary, String about, String failure, Function<Session, String> answer) {
        return Command.of(Syntax.of(name, summary, about), (session, arguments) ->
                session.print(session.attempt(failure, () -> answer.apply(session))));
    }

    /** {@code version}. */
    public static Command version() {
        return Command.of(Syntax.of("version", "what runs here and there",
                "Says the versions of this program and of the hypervisor.",
                flag("daemon", "of the daemon, too"), Option.output()), HostCommands::version);
    }

    private static void version(Session session, Arguments arguments) {
        boolean json = session.json(arguments);
        RemoteHost host = session.connection().host();
        String type = session.attempt("failed to get hypervisor type", host::type);
        Optional<Long> hypervisor = session.attempt("failed to get the hypervisor version", () -> {
            try {
                return Optional.of(host.version());
            } catch (VirtException e) {
                if (e.is(ErrorCode.NO_SUPPORT)) {
                    return Optional.empty();
                }
                throw e;
            }
        });
        Optional<Long> daemon = arguments.has("daemon") || json
                ? Optional.of(session.attempt("failed to get the daemon version", host::daemonVersion))
                : Optional.empty();
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("godwit", Version.NUMBER);
            fields.put("hypervisor", type);
            fields.put("hypervisorVersion", hypervisor.map(HostCommands::dotted));
            fields.put("daemonVersion", daemon.map(HostCommands::dotted));
            session.printJson(fields);
            return;
        }
        session.print("Compiled against library: godwit " + Version.NUMBER + "\n");
        session.print("Using library: godwit " + Version.NUMBER + "\n");
        session.print("Using API: " + type + " " + Version.NUMBER + "\n");
        hypervisor.ifPresent(number -> session.print(number == 0
                ? "Cannot extract running " + type + " hypervisor version\n"
                : "Running hypervisor: " + type + " " + dotted(number) + "\n"));
        daemon.ifPresent(number -> session.print("Running against daemon: " + dotted(number) + "\n"));
    }

    private static String dotted(long number) {
        return number / 1_000_000 + "." + number / 1000 % 1000 + "." + number % 1000;
    }
}

package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.command.XPathOutput;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.text.Table;
import dev.godwit.client.Domain;
import dev.godwit.driver.XmlFlag;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The commands that print a guest's definition, or parts of it. */
public final class XmlCommands {

    private XmlCommands() {}

    /** {@code dumpxml}. */
    public static Command dumpxml() {
        return Command.of(Syntax.of("dumpxml", "a guest's definition",
                "Prints the definition of a guest as it runs, or else its configuration, as XML.",
                guest(), flag("inactive", "the configuration for its next start"),
                flag("security-info", "with its secrets"), flag("update-cpu", "with the CPU spelt out for this host"),
                flag("migratable", "as another host can take it"), XPathOutput.XPATH, XPathOutput.WRAP),
                (session, arguments) -> {
                    Set<XmlFlag> flags = EnumSet.noneOf(XmlFlag.class);
                    add(flags, arguments, "inactive", XmlFlag.INACTIVE);
                    add(flags, arguments, "security-info", XmlFlag.SECURE);
                    add(flags, arguments, "update-cpu", XmlFlag.UPDATE_CPU);
                    add(flags, arguments, "migratable", XmlFlag.MIGRATABLE);
                    XPathOutput.print(session, arguments, session.domain(arguments).xml(flags));
                });
    }

    private static void add(Set<XmlFlag> flags, Arguments arguments, String option, XmlFlag flag) {
        if (arguments.has(option)) {
            flags.add(flag);
        }
    }

    private static Element definition(Session session, Arguments arguments) {
        Set<XmlFlag> flags = arguments.has("inactive") ? EnumSet.of(XmlFlag.INACTIVE) : EnumSet.noneOf(XmlFlag.class);
        return XmlReader.read(session.domain(arguments).xml(flags));
    }

    private static List<Element> devices(Element definition, String kind) {
        return definition.child("devices").map(devices -> devices.elements(kind)).orElse(List.of());
    }

    private static Optional<String> attribute(Element device, String child, String... names) {
        Optional<Element> element = device.child(child);
        for (String name : names) {
            Optional<String> value = element.flatMap(e -> e.attr(name)).filter(v -> !v.isEmpty());
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** {@code domblklist}. */
    public static Command domblklist() {
        return Command.of(Syntax.of("domblklist", "a guest's disks",
                "Lists the disks of a guest and what is behind them.",
                guest(), flag("inactive", "those of its configuration"),
                flag("details", "with type and kind of device")), XmlCommands::disks);
    }

    private static void disks(Session session, Arguments arguments) {
        boolean details = arguments.has("details");
        Table table = new Table(details
                ? List.of("Type", "Device", "Target", "Source")
                : List.of("Target", "Source"));
        for (Element disk : devices(definition(session, arguments), "disk")) {
            String target = attribute(disk, "target", "dev")
                    .orElseThrow(() -> new CommandFailed("unable to query block list"));
            String source = source(disk);
            table.row(details
                    ? List.of(disk.attr("type", "-"), disk.attr("device", "disk"), target, source)
                    : List.of(target, source));
        }
        session.print(table.text());
    }

    private static String source(Element disk) {
        if (disk.attrIs("type", "nvme")) {
            return disk.child("source", "address").map(address -> "nvme://"
                    + hex(address, "domain", 4) + ":" + hex(address, "bus", 2) + ":" + hex(address, "slot", 2) + "."
                    + hex(address, "function", 1) + "/"
                    + attribute(disk, "source", "namespace").orElse("")).orElse("-");
        }
        return attribute(disk, "source", "file", "dev", "dir", "name", "volume", "path").orElse("-");
    }

    private static String hex(Element address, String attribute, int digits) {
        String value = address.attr(attribute, "0").replaceFirst("^0x", "");
        return "0".repeat(Math.max(0, digits - value.length())) + value;
    }

    /** {@code domiflist}. */
    public static Command domiflist() {
        return Command.of(Syntax.of("domiflist", "a guest's network interfaces",
                "Lists the network interfaces of a guest and what they are connected to.",
                guest(), flag("inactive", "those of its configuration")), (session, arguments) -> {
                    Table table = new Table(List.of("Interface", "Type", "Source", "Model", "MAC"));
                    for (Element nic : devices(definition(session, arguments), "interface")) {
                        table.row(List.of(attribute(nic, "target", "dev").orElse("-"), nic.attr("type", "-"),
                                attribute(nic, "source", "bridge", "dev", "network", "name", "path").orElse("-"),
                                attribute(nic, "model", "type").orElse("-"),
                                attribute(nic, "mac", "address").orElse("-")));
                    }
                    session.print(table.text());
                });
    }

    /** {@code ttyconsole}. */
    public static Command ttyconsole() {
        return Command.of(Syntax.of("ttyconsole", "the terminal device behind a guest's console",
                "Says which device of the host is the other end of a guest's first console.", guest()),
                (session, arguments) -> session.print(
                        devices(definition(session, arguments), "console").stream()
                                .flatMap(console -> console.attr("tty").stream()).findFirst()
                                .orElseThrow(() -> new CommandFailed()) + "\n"));
    }

    /** {@code domdisplay}. */
    public static Command domdisplay() {
        return Command.of(Syntax.of("domdisplay", "where a guest's screen can be seen",
                "Prints the URI under which a viewer finds a guest's screen.",
                guest(), flag("include-password", "with the password"),
                text("type", "only a display of this type: vnc, spice, rdp or dbus").positional()
                        .completedBy(new Option.Completion.Words(List.of("vnc", "spice", "rdp", "dbus"))),
                flag("all", "all displays")), XmlCommands::displays);
    }

    private static void displays(Session session, Arguments arguments) {
        arguments.exclusive("all", "type");
        Optional<String> type = arguments.text("type");
        Domain domain = session.domain(arguments);
        if (!domain.isActive()) {
            throw new CommandFailed("Domain is not running");
        }
        Set<XmlFlag> flags = arguments.has("include-password")
                ? EnumSet.of(XmlFlag.SECURE)
                : EnumSet.noneOf(XmlFlag.class);
        Element definition = XmlReader.read(domain.xml(flags));
        List<String> found = List.of("vnc", "spice", "rdp", "dbus").stream()
                .filter(scheme -> type.isEmpty() || type.get().equals(scheme))
                .flatMap(scheme -> devices(definition, "graphics").stream()
                        .filter(graphics -> graphics.attrIs("type", scheme)).limit(1)
                        .flatMap(graphics -> Display.uri(graphics, scheme, session.connection().peer()).stream()))
                .toList();
        if (found.isEmpty()) {
            throw new CommandFailed(type.map(t -> "No graphical display with type '" + t + "' found")
                    .orElse("No graphical display found"));
        }
        if (arguments.has("all")) {
            session.print(String.join("\n", found) + "\n");
        } else {
            session.printOpenLine(found.getFirst());
        }
    }
}

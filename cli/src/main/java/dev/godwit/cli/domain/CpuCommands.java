package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.text.Fields;
import dev.godwit.client.Domain;
import dev.godwit.client.Domain.CpuCount;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** The commands about a guest's virtual CPUs. */
public final class CpuCommands {

    private static final int COLUMN = 15;

    private CpuCommands() {}

    /** {@code vcpucount}. */
    public static Command vcpucount() {
        return Command.of(Syntax.of("vcpucount", "how many virtual CPUs a guest has",
                "Says how many virtual CPUs a guest has and may have, now and after its next start.",
                guest(), flag("maximum", "the most it may have"), flag("active", "those it has"),
                flag("live", "of the running guest"), flag("config", "of its configuration"),
                flag("current", "of the running guest, or else of its configuration"),
                flag("guest", "as its agent sees it")), CpuCommands::count);
    }

    private static void count(Session session, Arguments arguments) {
        boolean all = List.of("maximum", "active", "live", "config", "current", "guest").stream()
                .noneMatch(arguments::has);
        boolean current = arguments.has("current") && (arguments.has("maximum") || arguments.has("active"));
        arguments.exclusive("live", "config");
        if (current) {
            arguments.exclusive("current", "live");
            arguments.exclusive("current", "config");
        }
        arguments.exclusive("active", "maximum");
        arguments.exclusive("guest", "config");
        Domain domain = session.domain(arguments);
        if (!all) {
            Set<CpuCount> which = EnumSet.noneOf(CpuCount.class);
            add(which, arguments, "live", CpuCount.LIVE);
            add(which, arguments, "config", CpuCount.CONFIG);
            add(which, arguments, "maximum", CpuCount.MAXIMUM);
            add(which, arguments, "guest", CpuCount.GUEST);
            session.print(domain.virtualCpuCount(which) + "\n");
            return;
        }
        line(session, "maximum", "config", domain, EnumSet.of(CpuCount.CONFIG, CpuCount.MAXIMUM));
        line(session, "maximum", "live", domain, EnumSet.of(CpuCount.LIVE, CpuCount.MAXIMUM));
        line(session, "current", "config", domain, EnumSet.of(CpuCount.CONFIG));
        line(session, "current", "live", domain, EnumSet.of(CpuCount.LIVE));
    }

    private static void add(Set<CpuCount> which, Arguments arguments, String option, CpuCount flag) {
        if (arguments.has(option)) {
            which.add(flag);
        }
    }

    /** A guest that is off has no live count, a transient one no configured one: those lines are left out. */
    private static void line(Session session, String what, String where, Domain domain, Set<CpuCount> which) {
        OptionalInt count = count(domain, which);
        if (count.isPresent()) {
            session.print("%-12s %-12s %3d\n".formatted(what, where, count.getAsInt()));
        }
    }

    private static OptionalInt count(Domain domain, Set<CpuCount> which) {
        try {
            return OptionalInt.of(domain.virtualCpuCount(which));
        } catch (VirtException e) {
            if (e.is(ErrorCode.OPERATION_INVALID) || e.is(ErrorCode.INVALID_ARG)) {
                return OptionalInt.empty();
            }
            throw e;
        }
    }

    /** {@code vcpuinfo}. */
    public static Command vcpuinfo() {
        return Command.of(Syntax.of("vcpuinfo", "what a guest's virtual CPUs do",
                "Says for each virtual CPU where it runs and may run, and the time it has used.",
                guest(), flag("pretty", "print the CPUs it may run on as ranges")), CpuCommands::info);
    }

    private static void info(Session session, Arguments arguments) {
        Domain domain = session.domain(arguments);
        int hostCpus = session.connection().host().onlineCpus().size();
        boolean ranges = arguments.has("pretty");
        Fields fields = new Fields(COLUMN, session::print);
        if (domain.info().state() == DomainState.SHUTOFF) {
            inactive(session, domain, hostCpus, ranges, fields);
            return;
        }
        String separator = "";
        for (Domain.VirtualCpu cpu : domain.virtualCpus(hostCpus)) {
            session.print(separator);
            fields.line("VCPU", Integer.toString(cpu.number()));
            fields.line("CPU", Integer.toString(cpu.hostCpu()));
            fields.line("State", switch (cpu.state()) {
                case 0 -> "offline";
                case 1 -> "running";
                case 2 -> "blocked";
                default -> "no state";
            });
            if (cpu.cpuTimeNanos() != 0) {
                fields.line("CPU time", QueryCommands.seconds(cpu.cpuTimeNanos()));
            }
            fields.line("CPU Affinity", affinity(cpu.affinity(), ranges));
            separator = "\n";
        }
    }

    private static void inactive(Session session, Domain domain, int hostCpus, boolean ranges, Fields fields) {
        int number = 0;
        for (List<Boolean> map : domain.configuredAffinity(hostCpus)) {
            session.print(number == 0 ? "" : "\n");
            fields.line("VCPU", Integer.toString(number++));
            fields.line("CPU", "N/A");
            fields.line("State", "N/A");
            fields.line("CPU time", "N/A");
            fields.line("CPU Affinity", affinity(map, ranges));
        }
    }

    private static String affinity(List<Boolean> cpus, boolean ranges) {
        if (ranges) {
            return ranges(cpus) + " (out of " + cpus.size() + ")";
        }
        StringBuilder text = new StringBuilder();
        cpus.forEach(may -> text.append(may ? 'y' : '-'));
        return text.toString();
    }

    /** The set bits as {@code 0-3,6}. */
    public static String ranges(List<Boolean> bits) {
        List<String> ranges = new ArrayList<>();
        for (int i = 0; i < bits.size(); i++) {
            if (bits.get(i)) {
                int first = i;
                while (i + 1 < bits.size() && bits.get(i + 1)) {
                    i++;
                }
                ranges.add(first == i ? Integer.toString(first) : first + "-" + i);
            }
        }
        return String.join(",", ranges);
    }
}

package dev.godwit.cli;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.domain.ConsoleCommand;
import dev.godwit.cli.domain.CpuCommands;
import dev.godwit.cli.domain.EventCommand;
import dev.godwit.cli.domain.JobCommands;
import dev.godwit.cli.domain.LifecycleCommands;
import dev.godwit.cli.domain.ListCommand;
import dev.godwit.cli.domain.MonitorCommand;
import dev.godwit.cli.domain.QueryCommands;
import dev.godwit.cli.domain.StatsCommand;
import dev.godwit.cli.domain.XmlCommands;
import dev.godwit.cli.host.AdminCommand;
import dev.godwit.cli.host.HostCommands;
import dev.godwit.cli.migration.AuditCommand;
import dev.godwit.cli.migration.JournalCommand;
import dev.godwit.cli.migration.MigrateCommand;
import dev.godwit.cli.migration.ReceiveCommand;
import dev.godwit.cli.migration.ResolveCommand;
import dev.godwit.cli.migration.TuningCommands;
import dev.godwit.cli.pki.PkiCommand;
import java.util.List;
import java.util.Optional;

/**
 * All commands, by name. A command is made only when it is asked for: that is what makes {@code godwit}
 * start fast. To add one, name it in its group and in {@link #find}; a test fails while one is missing.
 */
final class Catalogue {

    /**
     * Commands that belong together.
     *
     * @param title   for people
     * @param keyword for {@code help}
     * @param names   the commands
     */
    record Group(String title, String keyword, List<String> names) {}

    static final List<Group> GROUPS = List.of(
            new Group("Domain Management", "domain", List.of("audit", "autostart", "console", "create", "define", "destroy",
                    "domdisplay", "domid", "domjobabort", "domjobinfo", "domname", "domuuid", "dumpxml", "migrate",
                    "migrate-compcache", "migrate-getmaxdowntime", "migrate-getspeed", "migrate-resolve",
                    "migrate-setmaxdowntime", "migrate-setspeed", "qemu-monitor-command", "reboot", "receive", "reset", "resume", "shutdown", "start",
                    "suspend", "ttyconsole", "undefine", "vcpucount", "vcpuinfo")),
            new Group("Domain Monitoring", "monitor", List.of("domblklist", "domcontrol", "domiflist", "dominfo",
                    "domstate", "domstats", "list")),
            new Group("Domain Events", "events", List.of("event")),
            new Group("Host and Hypervisor", "host", List.of("capabilities", "domcapabilities", "hostname",
                    "maxvcpus", "nodecpumap", "nodeinfo", "sysinfo", "uri", "version")),
            new Group("Godwit itself", "godwit", List.of("admin", "cd", "completion", "connect", "echo", "exit", "help", "journal",
                    "pki", "pwd", "quit")));

    private Catalogue() {}

    /**
     * A command.
     *
     * @param name its name
     * @return empty where there is none of that name
     */
    static Optional<Command> find(String name) {
        return Optional.ofNullable(switch (name) {
            case "admin" -> AdminCommand.command();
            case "audit" -> AuditCommand.command();
            case "autostart" -> LifecycleCommands.autostart();
            case "capabilities" -> HostCommands.capabilities();
            case "cd" -> ShellCommands.cd();
            case "completion" -> ShellCommands.completion();
            case "connect" -> ShellCommands.connect();
            case "console" -> ConsoleCommand.command();
            case "create" -> LifecycleCommands.create();
            case "define" -> LifecycleCommands.define();
            case "destroy" -> LifecycleCommands.destroy();
            case "domblklist" -> XmlCommands.domblklist();
            case "domcapabilities" -> HostCommands.domcapabilities();
            case "domcontrol" -> QueryCommands.domcontrol();
            case "domdisplay" -> XmlCommands.domdisplay();
            case "domid" -> QueryCommands.domid();
            case "domiflist" -> XmlCommands.domiflist();
            case "dominfo" -> QueryCommands.dominfo();
            case "domjobabort" -> JobCommands.domjobabort();
            case "domjobinfo" -> JobCommands.domjobinfo();
            case "domname" -> QueryCommands.domname();
            case "domstate" -> QueryCommands.domstate();
            case "domstats" -> StatsCommand.command();
            case "domuuid" -> QueryCommands.domuuid();
            case "dumpxml" -> XmlCommands.dumpxml();
            case "echo" -> ShellCommands.echo();
            case "event" -> EventCommand.command();
            case "exit" -> ShellCommands.quit("exit");
            case "help" -> HelpCommand.command();
            case "hostname" -> HostCommands.hostname();
            case "journal" -> JournalCommand.command();
            case "list" -> ListCommand.command();
            case "maxvcpus" -> HostCommands.maxvcpus();
            case "migrate" -> MigrateCommand.command();
            case "migrate-compcache" -> TuningCommands.compcache();
            case "migrate-getmaxdowntime" -> TuningCommands.getmaxdowntime();
            case "migrate-getspeed" -> TuningCommands.getspeed();
            case "migrate-resolve" -> ResolveCommand.command();
            case "migrate-setmaxdowntime" -> TuningCommands.setmaxdowntime();
            case "migrate-setspeed" -> TuningCommands.setspeed();
            case "nodecpumap" -> HostCommands.nodecpumap();
            case "nodeinfo" -> HostCommands.nodeinfo();
            case "pki" -> PkiCommand.command();
            case "pwd" -> ShellCommands.pwd();
            case "qemu-monitor-command" -> MonitorCommand.command();
            case "quit" -> ShellCommands.quit("quit");
            case "reboot" -> LifecycleCommands.reboot();
            case "receive" -> ReceiveCommand.command();
            case "reset" -> LifecycleCommands.reset();
            case "resume" -> LifecycleCommands.resume();
            case "shutdown" -> LifecycleCommands.shutdown();
            case "start" -> LifecycleCommands.start();
            case "suspend" -> LifecycleCommands.suspend();
            case "sysinfo" -> HostCommands.sysinfo();
            case "ttyconsole" -> XmlCommands.ttyconsole();
            case "undefine" -> LifecycleCommands.undefine();
            case "uri" -> HostCommands.uri();
            case "vcpucount" -> CpuCommands.vcpucount();
            case "vcpuinfo" -> CpuCommands.vcpuinfo();
            case "version" -> HostCommands.version();
            default -> null;
        });
    }

    /** The commands of all groups. */
    static List<String> names() {
        return GROUPS.stream().flatMap(group -> group.names().stream()).toList();
    }
}

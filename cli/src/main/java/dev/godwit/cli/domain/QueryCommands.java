package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.text.Fields;
import dev.godwit.cli.text.StateNames;
import dev.godwit.client.Domain;
import dev.godwit.client.Domains.By;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The commands that say what a guest is and how it does. */
public final class QueryCommands {

    private static final int COLUMN = 15;

    private QueryCommands() {}

    /** {@code dominfo}. */
    public static Command dominfo() {
        return Command.of(Syntax.of("dominfo", "what a guest is",
                "Says what a guest is and what it has.", guest(), Option.output()), (session, arguments) -> {
                    Domain domain = session.domain(arguments);
                    Info info = new Info(session, domain);
                    if (session.json(arguments)) {
                        info.json();
                    } else {
                        info.print();
                    }
                });
    }

    /** All that {@code dominfo} tells. */
    private static final class Info {

        private final Session session;
        private final Domain domain;

        Info(Session session, Domain domain) {
            this.session = session;
            this.domain = domain;
        }

        void print() {
            Fields fields = new Fields(COLUMN, session::print);
            fields.line("Id", domain.ref().active() ? Integer.toString(domain.ref().id()) : "-");
            fields.line("Name", domain.name());
            fields.line("UUID", domain.uuid().toString());
            fields.line("OS Type", domain.osType());
            Domain.Info info = domain.info();
            fields.line("State", StateNames.of(info.state()));
            fields.line("CPU(s)", Integer.toString(info.virtualCpus()));
            if (info.cpuTimeNanos() != 0) {
                fields.line("CPU time", seconds(info.cpuTimeNanos()));
            }
            fields.line("Max memory", info.maxMemoryKiB() + " KiB");
            fields.line("Used memory", info.memoryKiB() + " KiB");
            fields.line("Persistent", domain.isPersistent() ? "yes" : "no");
            unlessRefused(domain::autostart).ifPresent(on -> fields.line("Autostart", enabled(on)));
            unlessRefused(domain::autostartOnce).flatMap(Function.identity())
                    .ifPresent(on -> fields.line("Autostart Once", enabled(on)));
            fields.line("Managed save", unlessRefused(domain::hasManagedSaveImage).flatMap(Function.identity())
                    .map(has -> has ? "yes" : "no").orElse("unknown"));
            session.connection().host().securityModel().ifPresent(model -> {
                fields.line("Security model", model.name());
                fields.line("Security DOI", model.doi());
                domain.securityLabel().ifPresent(label -> fields.line("Security label",
                        label.label() + " (" + (label.enforcing() ? "enforcing" : "permissive") + ")"));
            });
            List<String> messages = unlessRefused(domain::messages).orElse(List.of());
            for (int i = 0; i < messages.size(); i++) {
                fields.line(i == 0 ? "Messages" : "", messages.get(i));
            }
        }

        void json() {
            Domain.Info info = domain.info();
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", domain.ref().active() ? Optional.of(domain.ref().id()) : Optional.empty());
            fields.put("name", domain.name());
            fields.put("uuid", domain.uuid().toString());
            fields.put("osType", domain.osType());
            fields.put("state", StateNames.of(info.state()));
            fields.put("cpus", info.virtualCpus());
            fields.put("cpuTimeNanos", info.cpuTimeNanos());
            fields.put("maxMemoryKiB", info.maxMemoryKiB());
            fields.put("usedMemoryKiB", info.memoryKiB());
            fields.put("persistent", domain.isPersistent());
            fields.put("autostart", unlessRefused(domain::autostart));
            fields.put("managedSave", unlessRefused(domain::hasManagedSaveImage).flatMap(Function.identity()));
            fields.put("messages", unlessRefused(domain::messages).orElse(List.of()));
            session.printJson(fields);
        }
    }

    private static String enabled(boolean on) {
        return on ? "enable" : "disable";
    }

    static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
    }

    private static <T> Optional<T> unlessRefused(Session.Step<T> step) {
        try {
            return Optional.of(step.run());
        } catch (VirtException e) {
            return Optional.empty();
        }
    }

    /** {@code domstate}. */
    public static Command domstate() {
        return Command.of(Syntax.of("domstate", "a guest's state",
                "Says what state a guest is in.", guest(), flag("reason", "say why, too"), Option.output()),
                (session, arguments) -> {
                    Domain domain = session.domain(arguments);
                    StateReason state = domain.state();
                    String name = StateNames.of(state.state());
                    String reason = StateNames.reason(state);
                    if (session.json(arguments)) {
                        Map<String, Object> fields = new LinkedHashMap<>();
                        fields.put("state", name);
                        fields.put("reason", reason);
                        session.printJson(fields);
                    } else {
                        session.print(name + (arguments.has("reason") ? " (" + reason + ")" : "") + "\n");
                    }
                });
    }

    /** {@code domid}. */
    public static Command domid() {
        return naming("domid", "a guest's id", "Says the id a guest runs under; a dash for one that does not run.",
                EnumSet.of(By.NAME, By.UUID),
                domain -> domain.ref().active() ? Integer.toString(domain.ref().id()) : "-");
    }

    /** {@code domuuid}. */
    public static Command domuuid() {
        return naming("domuuid", "a guest's UUID", "Says the UUID of a guest.",
                EnumSet.of(By.NAME, By.ID), domain -> domain.uuid().toString());
    }

    /** {@code domname}. */
    public static Command domname() {
        return naming("domname", "a guest's name", "Says the name of a guest.",
                EnumSet.of(By.ID, By.UUID), Domain::name);
    }

    private static Command naming(
            String name, String summary, String about, Set<By> by, Function<Domain, String> answer) {
        return Command.of(Syntax.of(name, summary, about, guest()), (session, arguments) ->
                session.print(answer.apply(session.domain(arguments.required("domain"), by)) + "\n"));
    }

    /** {@code domcontrol}. */
    public static Command domcontrol() {
        return Command.of(Syntax.of("domcontrol", "how the control over a guest does",
                "Says whether the host can talk to a guest's hypervisor at once.", guest()),
                QueryCommands::control);
    }

    private static void control(Session session, Arguments arguments) {
        Domain.Control control = session.domain(arguments).control();
        String since = String.format(Locale.ROOT, " (%.3fs)", control.sinceMillis() / 1000.0);
        session.print(switch (control.state()) {
            case 0 -> "ok";
            case 1 -> "background job" + since;
            case 2 -> "occupied" + since;
            case 3 -> "error" + switch (control.details()) {
                case 0 -> "";
                case 2 -> ": monitor failure";
                case 3 -> ": internal (locking) error";
                default -> ": unknown";
            };
            default -> "unknown" + since;
        } + "\n");
    }
}

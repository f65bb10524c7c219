package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.file;
import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.client.Domain;
import dev.godwit.client.Domains.By;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DefineFlag;
import dev.godwit.driver.DestroyFlag;
import dev.godwit.driver.ShutdownFlag;
import dev.godwit.driver.UndefineFlag;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The commands that give a guest a configuration, start it, stop it and take the configuration away. */
public final class LifecycleCommands {

    private static final Option PAUSED = flag("paused", "leave its CPUs stopped");
    private static final Option AUTODESTROY = flag("autodestroy", "end it when this connection ends");
    private static final Option CONSOLE = flag("console", "connect to its console");
    private static final Option PASS_FDS = text("pass-fds", "not supported: open files cannot be handed over")
            .tolerated();
    private static final Option RESET_NVRAM = flag("reset-nvram", "make its firmware variables anew");
    private static final Option MODE = text("mode",
            "how to ask: acpi, agent, initctl, signal or paravirt; several with commas")
            .positional().completedBy(new Option.Completion.Words(
                    List.of("acpi", "agent", "initctl", "signal", "paravirt")));

    private LifecycleCommands() {}

    /** {@code define}. */
    public static Command define() {
        return Command.of(Syntax.of("define", "give a guest a configuration",
                "Reads a definition and keeps it. A guest that runs goes on as it is until its next start.",
                file("the definition, as XML"), flag("validate", "check it against the schema")),
                (session, arguments) -> {
                    String file = arguments.required("file");
                    String xml = session.read(file);
                    Set<DefineFlag> flags = arguments.has("validate")
                            ? EnumSet.of(DefineFlag.VALIDATE)
                            : EnumSet.noneOf(DefineFlag.class);
                    Domain domain = session.attempt("Failed to define domain from " + file,
                            () -> session.connection().domains().define(xml, flags));
                    session.remark("Domain '" + domain.name() + "' defined from " + file + "\n");
                });
    }

    /** {@code create}. */
    public static Command create() {
        return Command.of(Syntax.of("create", "start a guest without keeping its configuration",
                "Reads a definition and starts a guest from it. It is gone when it stops.",
                file("the definition, as XML"), CONSOLE, PAUSED, AUTODESTROY, PASS_FDS,
                flag("validate", "check the definition against the schema"), RESET_NVRAM),
                (session, arguments) -> {
                    String file = arguments.required("file");
                    String xml = session.read(file);
                    Set<CreateFlag> flags = createFlags(arguments);
                    if (arguments.has("validate")) {
                        flags.add(CreateFlag.VALIDATE);
                    }
                    Domain domain = session.attempt("Failed to create domain from " + file,
                            () -> session.connection().domains().create(xml, flags));
                    session.remark("Domain '" + domain.name() + "' created from " + file + "\n");
                    console(session, arguments, domain);
                });
    }

    /** {@code start}. */
    public static Command start() {
        return Command.of(Syntax.of("start", "start a guest from its configuration",
                "Starts a guest that has a configuration and does not run.",
                guest(), CONSOLE, PAUSED, AUTODESTROY, flag("bypass-cache", "read a saved image around the cache"),
                flag("force-boot", "throw a saved image away"), PASS_FDS, RESET_NVRAM),
                (session, arguments) -> {
                    Domain domain = session.domain(arguments.required("domain"), EnumSet.of(By.NAME, By.UUID));
                    if (domain.ref().active()) {
                        throw new CommandFailed("Domain is already active");
                    }
                    Set<CreateFlag> flags = createFlags(arguments);
                    if (arguments.has("bypass-cache")) {
                        flags.add(CreateFlag.BYPASS_CACHE);
                    }
                    if (arguments.has("force-boot")) {
                        flags.add(CreateFlag.FORCE_BOOT);
                    }
                    session.attempt("Failed to start domain '" + domain.name() + "'", () -> {
                        if (flags.isEmpty()) {
                            domain.start();
                        } else {
                            domain.start(flags);
                        }
                    });
                    session.remark("Domain '" + domain.name() + "' started\n");
                    console(session, arguments, domain);
                });
    }

    private static Set<CreateFlag> createFlags(Arguments arguments) {
        if (arguments.given("pass-fds")) {
            throw new UsageException("option --pass-fds is not supported: open files cannot be handed over");
        }
        Set<CreateFlag> flags = EnumSet.noneOf(CreateFlag.class);
        if (arguments.has("paused") || arguments.has("console")) {
            flags.add(CreateFlag.PAUSED);
        }
        if (arguments.has("autodestroy")) {
            flags.add(CreateFlag.AUTODESTROY);
        }
        if (arguments.has("reset-nvram")) {
            flags.add(CreateFlag.RESET_NVRAM);
        }
        return flags;
    }

    /** A guest that is started with its console waits for the console, so that nothing it says is missed. */
    private static void console(Session session, Arguments arguments, Domain domain) {
        if (arguments.has("console")) {
            ConsoleCommand.connect(session, domain, Optional.empty(), Set.of(),
                    !arguments.has("paused"));
        }
    }

    /** {@code autostart}. */
    public static Command autostart() {
        return Command.of(Syntax.of("autostart", "start a guest with its host",
                "Marks a guest to be started when its host starts, or takes the mark away.",
                guest(), flag("disable", "take the mark away"), flag("once", "for the next start of the host only")),
                (session, arguments) -> {
                    Domain domain = session.domain(arguments);
                    boolean on = !arguments.has("disable");
                    boolean once = arguments.has("once");
                    String when = once ? " as autostarted on next boot" : " as autostarted";
                    session.attempt("Failed to " + (on ? "mark" : "unmark") + " domain '"
                            + domain.name() + "'" + when, () -> {
                                if (once) {
                                    domain.autostartOnce(on);
                                } else {
                                    domain.autostart(on);
                                }
                            });
                    session.remark("Domain '" + domain.name() + "' " + (on ? "marked" : "unmarked") + when + "\n");
                });
    }

    /** {@code suspend}. */
    public static Command suspend() {
        return simple("suspend", "stop a guest's CPUs", "Stops a guest's CPUs. It stays in memory.",
                "suspend", "suspended", Domain::suspend);
    }

    /** {@code resume}. */
    public static Command resume() {
        return simple("resume", "let a guest's CPUs run again", "Lets the CPUs of a suspended guest run again.",
                "resume", "resumed", Domain::resume);
    }

    /** {@code reset}. */
    public static Command reset() {
        return simple("reset", "press a guest's reset button",
                "Resets a guest as its reset button would, without asking it.",
                "reset", "was reset", Domain::reset);
    }

    private static Command simple(String name, String summary, String about, String verb, String done,
            Consumer<Domain> action) {
        return Command.of(Syntax.of(name, summary, about, guest()), (session, arguments) -> {
            Domain domain = session.domain(arguments);
            String word = arguments.required("domain");
            session.attempt("Failed to " + verb + " domain '" + word + "'", () -> action.accept(domain));
            session.remark("Domain '" + word + "' " + done + "\n");
        });
    }

    /** {@code shutdown}. */
    public static Command shutdown() {
        return Command.of(Syntax.of("shutdown", "ask a guest to shut down",
                "Asks a guest to shut down and returns at once. It may take its time, or not listen.",
                guest(), MODE), (session, arguments) -> {
                    Set<ShutdownFlag> ways = ways(arguments);
                    Domain domain = session.domain(arguments);
                    String word = arguments.required("domain");
                    session.attempt("Failed to shutdown domain '" + word + "'", () -> domain.shutdown(ways));
                    session.remark("Domain '" + word + "' is being shutdown\n");
                });
    }

    /** {@code reboot}. */
    public static Command reboot() {
        return Command.of(Syntax.of("reboot", "ask a guest to reboot",
                "Asks a guest to reboot and returns at once.",
                guest(), MODE), (session, arguments) -> {
                    Set<ShutdownFlag> ways = ways(arguments);
                    Domain domain = session.domain(arguments);
                    String word = arguments.required("domain");
                    session.attempt("Failed to reboot domain '" + word + "'", () -> domain.reboot(ways));
                    session.remark("Domain '" + word + "' is being rebooted\n");
                });
    }

    private static Set<ShutdownFlag> ways(Arguments arguments) {
        Set<ShutdownFlag> ways = EnumSet.noneOf(ShutdownFlag.class);
        arguments.text("mode").ifPresent(modes -> {
            for (String mode : modes.split(",")) {
                ways.add(switch (mode) {
                    case "acpi" -> ShutdownFlag.ACPI_POWER_BTN;
                    case "agent" -> ShutdownFlag.GUEST_AGENT;
                    case "initctl" -> ShutdownFlag.INITCTL;
                    case "signal" -> ShutdownFlag.SIGNAL;
                    case "paravirt" -> ShutdownFlag.PARAVIRT;
                    default -> throw new UsageException("Unknown mode " + mode
                            + " value, expecting 'acpi', 'agent', 'initctl', 'signal', or 'paravirt'");
                });
            }
        });
        return ways;
    }

    /** {@code destroy}. */
    public static Command destroy() {
        return Command.of(Syntax.of("destroy", "end a guest by force",
                "Ends a guest at once, as if its power were cut. Its configuration stays.",
                guest(), flag("graceful", "give up rather than kill a guest that does not end by itself"),
                flag("remove-logs", "remove its log, too")), (session, arguments) -> {
                    Domain domain = session.domain(arguments);
                    Set<DestroyFlag> flags = EnumSet.noneOf(DestroyFlag.class);
                    if (arguments.has("graceful")) {
                        flags.add(DestroyFlag.GRACEFUL);
                    }
                    if (arguments.has("remove-logs")) {
                        flags.add(DestroyFlag.REMOVE_LOGS);
                    }
                    String word = arguments.required("domain");
                    session.attempt("Failed to destroy domain '" + word + "'", () -> domain.destroy(flags));
                    session.remark("Domain '" + word + "' destroyed\n");
                });
    }

    private static final Map<String, UndefineFlag> UNDEFINE_FLAGS = Map.of(
            "managed-save", UndefineFlag.MANAGED_SAVE,
            "snapshots-metadata", UndefineFlag.SNAPSHOTS_METADATA,
            "checkpoints-metadata", UndefineFlag.CHECKPOINTS_METADATA,
            "nvram", UndefineFlag.NVRAM,
            "keep-nvram", UndefineFlag.KEEP_NVRAM,
            "tpm", UndefineFlag.TPM,
            "keep-tpm", UndefineFlag.KEEP_TPM);

    /** {@code undefine}. */
    public static Command undefine() {
        return Command.of(Syntax.of("undefine", "take a guest's configuration away",
                "Takes a guest's configuration away. A guest that runs goes on, and is gone when it stops.",
                guest(), flag("managed-save", "remove its saved image"),
                text("storage", "not supported: volumes are not removed").tolerated(),
                flag("remove-all-storage", "not supported: volumes are not removed"),
                flag("delete-storage-volume-snapshots", "not supported: volumes are not removed"),
                flag("wipe-storage", "not supported: volumes are not wiped"),
                flag("snapshots-metadata", "forget its snapshots"),
                flag("checkpoints-metadata", "forget its checkpoints"),
                flag("nvram", "remove its firmware variables"), flag("keep-nvram", "keep its firmware variables"),
                flag("tpm", "remove its TPM's state"), flag("keep-tpm", "keep its TPM's state"))
                .withAliases(Map.of("delete-snapshots", "delete-storage-volume-snapshots")),
                LifecycleCommands::undefine);
    }

    private static void undefine(Session session, Arguments arguments) {
        arguments.needs("delete-storage-volume-snapshots", "remove-all-storage");
        arguments.exclusive("nvram", "keep-nvram");
        arguments.exclusive("tpm", "keep-tpm");
        for (String option : List.of("storage", "remove-all-storage", "wipe-storage")) {
            if (arguments.given(option)) {
                throw new UsageException("option --" + option
                        + " is not supported: Godwit has no storage volumes. Undefine the guest without it and"
                        + " remove its volumes yourself");
            }
        }
        Set<UndefineFlag> flags = EnumSet.noneOf(UndefineFlag.class);
        UNDEFINE_FLAGS.forEach((option, flag) -> {
            if (arguments.has(option)) {
                flags.add(flag);
            }
        });
        Domain domain = session.domain(arguments);
        // Older hosts refuse flags they do not know, so what there is nothing of is not asked for.
        boolean off = !domain.isActive();
        if (!off || !domain.hasManagedSaveImage().orElse(false)) {
            flags.remove(UndefineFlag.MANAGED_SAVE);
        }
        if (!off || domain.snapshotCount().orElse(0) == 0) {
            flags.remove(UndefineFlag.SNAPSHOTS_METADATA);
        }
        String word = arguments.required("domain");
        session.attempt("Failed to undefine domain '" + word + "'", () -> domain.undefine(flags));
        session.remark("Domain '" + word + "' has been undefined\n");
    }
}

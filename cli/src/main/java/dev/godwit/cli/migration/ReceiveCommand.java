package dev.godwit.cli.migration;

import static dev.godwit.cli.syntax.Option.file;
import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.CtrlC;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option.Completion.Files;
import dev.godwit.cli.syntax.Syntax;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code receive}: the other end of {@code migrate --direct}, on a host that has no daemon. The program {@code godwitd}, which
 * knows how to start a hypervisor, does it in the foreground and is none while it does.
 */
public final class ReceiveCommand {

    /** Where the programs are, as the start script says; they are looked for in PATH otherwise. */
    private static final String PROGRAMS = "godwit.bin";

    private ReceiveCommand() {}

    /** The command. */
    public static Command command() {
        return Command.offline(Syntax.of("receive", "wait for a guest on this host, without any daemon",
                "Starts one QEMU that waits for a guest from another host and lets it run when it has come. Needs no daemon"
                        + " here, and nobody afterwards. The file is made by: godwit -c SOURCE dumpxml --migratable GUEST"
                        + " > GUEST.xml. The guest is sent by: godwit -c SOURCE migrate --live --direct GUEST"
                        + " tcp://THIS-HOST:PORT. Ctrl-C before it has come ends the receiver.",
                file("the guest's definition, or - for standard input"),
                text("listen", "where it is awaited: tcp://0.0.0.0:PORT, tcp://[::]:PORT, unix:///PATH").mandatory(),
                flag("tls", "take it encrypted only, with the certificates in migrate_tls_x509_cert_dir"),
                flag("detach", "end as soon as it is awaited"),
                text("config", "godwitd's configuration file, where it is not the usual one").completedBy(new Files())),
                ReceiveCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        List<String> command = new ArrayList<>(List.of(program(),
                "--receive", arguments.required("file"), "--listen", arguments.required("listen")));
        arguments.text("config").ifPresent(file -> command.addAll(List.of("--config", file)));
        for (String flag : List.of("tls", "detach")) {
            if (arguments.has(flag)) {
                command.add("--" + flag);
            }
        }
        // The terminal gives Ctrl-C to both; this one stays to say how the other one ended.
        try (CtrlC _ = new CtrlC(() -> {})) {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new CommandFailed("the guest was not received");
            }
        } catch (IOException e) {
            throw new CommandFailed("cannot run " + command.getFirst() + ", which comes with this program: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailed("waiting was interrupted");
        }
    }

    private static String program() {
        String folder = System.getProperty(PROGRAMS);
        File beside = new File(folder == null ? "" : folder, "godwitd");
        return folder != null && beside.canExecute() ? beside.getPath() : "godwitd";
    }
}

package dev.godwit.cli.host;

import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.client.AdminConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code admin}: what is said to a daemon about itself. */
public final class AdminCommand {

    /** Godwit's own, then that of whoever has libvirt's place. */
    private static final List<Path> SOCKETS =
            List.of(Path.of("/run/godwit/libvirt-admin-sock"), Path.of("/run/libvirt/libvirt-admin-sock"));

    private AdminCommand() {}

    /** {@code admin}. */
    public static Command command() {
        return Command.offline(Syntax.of("admin", "manage the daemon of this host",
                "reload has the daemon read its certificates for TLS and its access policy again; connections that exist go on.",
                text("action", "reload").positional().mandatory()
                        .completedBy(new Option.Completion.Words(List.of("reload"))),
                text("socket", "the daemon's libvirt-admin-sock, when it is not in /run/godwit or /run/libvirt")
                        .completedBy(new Option.Completion.Files())), AdminCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        if (!arguments.required("action").equals("reload")) {
            throw new UsageException("'" + arguments.required("action") + "' is not 'reload'");
        }
        Path socket = arguments.text("socket").map(Path::of)
                .orElseGet(() -> SOCKETS.stream().filter(Files::exists).findFirst().orElse(SOCKETS.getFirst()));
        try (AdminConnection connection = AdminConnection.open(socket)) {
            connection.reloadTls();
        }
        session.print("The daemon has read its certificates and its access policy again.\n");
    }
}

package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * One host: a machine with an sshd and a daemon that can be started, stopped, killed and cut off.
 *
 * <p>Whatever the daemon, {@code virsh -c qemu:///system} inside the host finds it, and {@link #uri}
 * finds it from the others.
 */
public abstract sealed class LabHost extends LabMachine permits StockLibvirtd, Godwitd {

    /** The URI of a host's own daemon, used inside it. */
    public static final String LOCAL_URI = "qemu:///system";

    /** As long as a start takes on a machine with ten times more to do than it can: libvirtd asks QEMU what it can do, too. */
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final UUID uuid;
    private final Map<String, String> environment = new HashMap<>();
    private Optional<Process> daemon = Optional.empty();

    LabHost(String name, Path folder, LabSite site) {
        super(name, folder, site);
        this.uuid = UUID.nameUUIDFromBytes(("godwit lab host " + name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        site.ssh().serve(this, folder("bin"));
    }

    /** A program that those who log in by ssh find before the machine's own. */
    final void program(String name, String text) {
        try {
            Files.writeString(folder("bin").resolve(name), text);
            Commands.run("chmod", "755", folder("bin").resolve(name).toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words that start the daemon in the foreground, inside the host. */
    abstract List<String> daemonCommand();

    /** What the daemon needs in its environment. */
    abstract Map<String, String> daemonEnvironment();

    /** Writes the daemon's configuration anew. */
    abstract void configure();

    /**
     * Sets variables in the daemon's environment for the next start; a test that does so takes them back with
     * {@link #reset}.
     *
     * @param variables names and values
     */
    public final void setEnvironment(Map<String, String> variables) {
        environment.putAll(variables);
    }

    /** Forgets all that was set for the next start. */
    public void reset() {
        environment.clear();
    }

    /**
     * The kind of daemon, for the names of tests.
     *
     * @return "libvirtd" or "godwitd"
     */
    public abstract String kind();

    /**
     * The host's own UUID, which its daemon is configured with.
     *
     * @return the UUID
     */
    public final UUID uuid() {
        return uuid;
    }

    /**
     * Where other hosts reach the daemon.
     *
     * @return a connect URI
     */
    public final String uri() {
        return uri("tcp");
    }

    /**
     * Where other hosts reach the daemon.
     *
     * @param transport "tcp", "tls" or "ssh"
     * @return a connect URI
     */
    public final String uri(String transport) {
        return "qemu+" + transport + "://" + name() + "/system";
    }

    /**
     * Starts the daemon and waits until it answers.
     *
     * @throws AssertionError if it does not; the text holds the end of its log
     */
    public final void start() {
        Process started = launch();
        try {
            Await.until("the daemon of " + name() + " answers", START_LIMIT, () -> {
                if (!started.isAlive()) {
                    throw new AssertionError("The daemon of " + name() + " ended with status " + started.exitValue());
                }
                return answers();
            });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; its log ends with\n" + logTail(), e);
        }
    }

    /** Starts the daemon and does not wait: it may be meant to die before it answers. */
    public final void startAndLeave() {
        launch();
    }

    private Process launch() {
        if (daemon.filter(Process::isAlive).isPresent()) {
            throw new IllegalStateException("The daemon of " + name() + " runs already");
        }
        configure();
        Map<String, String> with = new HashMap<>(daemonEnvironment());
        with.putAll(environment);
        Process started = space().spawn(log(), with, daemonCommand());
        daemon = Optional.of(started);
        return started;
    }

    private boolean answers() {
        return isListening()
                && space().run(Duration.ofSeconds(10), Map.of(), List.of("virsh", "-q", "-c", LOCAL_URI, "hostname"))
                        .ok()
                // Only whether it listens, because a client on TCP may have to log in.
                && space().run(Duration.ofSeconds(10), Map.of(),
                                List.of("bash", "-c", "exec 3<>/dev/tcp/" + name() + "/16509"))
                        .ok();
    }

    /**
     * Where the daemon listens for clients on its own host.
     *
     * @return a Unix socket, as seen from outside
     */
    public abstract Path localSocket();

    /** Costs next to nothing, so a daemon that starts is not kept from it by programs that ask whether it has. */
    private boolean isListening() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(localSocket()));
        } catch (IOException e) {
            return false;
        }
    }

    /** Asks the daemon to stop, as its service manager would, and waits for it. Its guests run on. */
    public final void stop() {
        signal("TERM");
    }

    /** The process that stands for the daemon. */
    final Process daemon() {
        return daemon.orElseThrow(() -> new IllegalStateException("No daemon was started on " + name()));
    }

    /** The daemon has ended, and somebody else saw to it. */
    final void ended() {
        daemon = Optional.empty();
    }

    /** Kills the daemon without warning. Its guests run on. */
    public final void kill() {
        signal("KILL");
    }

    private void signal(String signal) {
        Process process = daemon.orElseThrow(() -> new IllegalStateException("No daemon was started on " + name()));
        Commands.run("sh", "-c", "kill -" + signal + " " + daemonPid());
        wakeParent(process); // of a daemon that was frozen
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new AssertionError("The daemon of " + name() + " did not end after SIG" + signal);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        daemon = Optional.empty();
    }

    /** Stops the daemon's process where it is, as a host that is too busy would; it can be killed, and go on. */
    public final void freeze() {
        Commands.run("sh", "-c", "kill -STOP " + daemonPid());
    }

    /** Ends {@link #freeze}. */
    public final void thaw() {
        Commands.run("sh", "-c", "kill -CONT " + daemonPid());
        wakeParent(daemon());
    }

    /** nsenter stops itself when its child is stopped, and would not see it end. */
    private static void wakeParent(Process nsenter) {
        Commands.run("sh", "-c", "kill -CONT " + nsenter.pid() + " || true");
    }

    /**
     * Whether the daemon was started and has not ended.
     *
     * @return whether its process is there
     */
    public final boolean isUp() {
        return daemon.filter(Process::isAlive).isPresent();
    }

    /**
     * The daemon's process id as seen from outside the host.
     *
     * @return the process id
     */
    public final long daemonPid() {
        // nsenter stays as the parent of what it started in the process namespace.
        return daemon.orElseThrow(() -> new IllegalStateException("No daemon was started on " + name()))
                .toHandle()
                .children()
                .findFirst()
                .orElseThrow(() -> new AssertionError("The daemon of " + name() + " is gone"))
                .pid();
    }

    private String logTail() {
        try {
            List<String> lines = Files.readAllLines(log(), java.nio.charset.StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public final String toString() {
        return kind() + " on " + name();
    }
}

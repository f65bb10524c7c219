package dev.godwit.daemon;

import dev.godwit.config.ConfigException;
import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.Instance;
import dev.godwit.daemon.host.HangUp;
import dev.godwit.daemon.host.ServiceManager;
import dev.godwit.daemon.log.LogSetup;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HypervisorDriver;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;

/** The program {@code godwitd}. */
public final class Godwitd {

    private static final System.Logger LOG = System.getLogger(Godwitd.class.getName());

    private static final Duration LONGEST_END = Duration.ofSeconds(10);

    private Godwitd() {}

    /**
     * Runs the daemon until it is told to end.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        int status = run(args, System.out, System.err);
        System.out.flush();
        Runtime.getRuntime().halt(status); // also while the shutdown hook waits for this thread
    }

    /**
     * Carries out a command line.
     *
     * @return the exit code: 0, or 1 after an error that {@code err} names
     */
    static int run(String[] args, PrintStream out, PrintStream err) {
        try {
            CommandLine line = CommandLine.parse(args);
            switch (line.task()) {
                case HELP -> out.print(CommandLine.HELP);
                case VERSION -> out.println("godwitd " + Version.text());
                case CHECK -> {
                    load(line);
                    out.println("The configuration is good.");
                }
                case PRINT_CONFIG -> out.print(load(line).print());
                case PRINT_REFERENCE -> out.print(load(line).printWithComments());
                case TRAIN -> Training.run(drivers());
                case SET_PASSWORD, REMOVE_USER, LIST_USERS -> out.print(Users.run(line, load(line)));
                case RECEIVE -> new Receive(drivers(), out).run(line.reception().orElseThrow(), load(line));
                case RUN -> serve(line, load(line));
            }
            return 0;
        } catch (ConfigException | CommandLine.UsageException | IOException | VirtException e) {
            LOG.log(System.Logger.Level.DEBUG, "The start failed", e);
            err.println("godwitd: " + e.getMessage());
            return 1;
        }
    }

    private static DaemonConfig load(CommandLine line) throws ConfigException, IOException {
        boolean root = Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        Instance instance = root && !line.session() ? Instance.SYSTEM
                : Instance.session(System.getenv(), Path.of(System.getProperty("user.home")));
        return DaemonConfig.load(instance, line.file());
    }

    private static List<HypervisorDriver> drivers() {
        return ServiceLoader.load(HypervisorDriver.class).stream().map(ServiceLoader.Provider::get).toList();
    }

    private static void serve(CommandLine line, DaemonConfig config) throws IOException {
        // systemd sets this when standard error goes to its journal.
        LogSetup.configured(config.get(ConfigKeys.LOG_LEVEL), config.get(ConfigKeys.LOG_FILE),
                System.getenv("JOURNAL_STREAM") != null);
        ServiceManager manager = new ServiceManager(Optional.ofNullable(System.getenv("NOTIFY_SOCKET")));
        CountDownLatch told = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
            told.countDown();
            try {
                main.join(LONGEST_END); // which ends the process itself
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (Daemon daemon = Daemon.start(config, drivers(), InstantSource.system(), Version.number())) {
            line.pidFile().ifPresent(Godwitd::writePid);
            LOG.log(System.Logger.Level.INFO, "godwitd " + Version.text() + " on host " + daemon.identity().name()
                    + " (" + daemon.identity().uuid() + ") listens on " + daemon.addresses());
            HangUp.then(() -> reload(daemon));
            manager.ready();
            told.await();
            LOG.log(System.Logger.Level.INFO, "godwitd ends; guests run on");
            manager.stopping();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            line.pidFile().ifPresent(Godwitd::removePid);
        }
    }

    private static void reload(Daemon daemon) {
        try {
            daemon.reload();
        } catch (IOException | VirtException e) {
            LOG.log(System.Logger.Level.WARNING, "SIGHUP: certificates and access policy stay as they are: " + e.getMessage());
        }
    }

    private static void writePid(Path file) {
        try {
            Files.writeString(file, ProcessHandle.current().pid() + "\n");
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The process id could not be written to " + file + ": "
                    + e.getMessage());
        }
    }

    private static void removePid(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, file + " could not be removed: " + e.getMessage());
        }
    }
}

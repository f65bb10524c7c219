package dev.godwit.lab.fault.daemon;

import dev.godwit.config.ConfigException;
import dev.godwit.daemon.Daemon;
import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.Instance;
import dev.godwit.daemon.log.LogSetup;
import dev.godwit.driver.qemu.QemuDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The program: a daemon with points in it. It is ended by a signal. */
public final class FaultyDaemon {

    /** As {@code dev.godwit.daemon.Version} has it for release 0.1.0; nobody here asks. */
    private static final long VERSION = 1000;

    private FaultyDaemon() {}

    /**
     * Runs a daemon.
     *
     * @param arguments the Unix socket at which the lab listens, and the daemon's configuration file
     * @throws Exception if it cannot be started
     */
    public static void main(String[] arguments) throws Exception {
        Points points = Points.connect(Path.of(arguments[0]));
        serve(points, Path.of(arguments[1]));
    }

    private static void serve(Points points, Path file) throws ConfigException, IOException, InterruptedException {
        DaemonConfig config = DaemonConfig.load(Instance.SYSTEM, Optional.of(file));
        LogSetup.configured(config.get(ConfigKeys.LOG_LEVEL), config.get(ConfigKeys.LOG_FILE), false);
        CountDownLatch told = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            told.countDown();
            try {
                ended.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        try (Daemon daemon = Daemon.start(config, List.of(new FaultyDriver(new QemuDriver(), points)), InstantSource.system(), VERSION)) {
            System.getLogger(FaultyDaemon.class.getName()).log(System.Logger.Level.INFO,
                    "A godwitd with points in it listens on " + daemon.addresses());
            told.await();
        } finally {
            ended.countDown();
        }
    }
}

package dev.godwit.daemon;

import dev.godwit.daemon.config.ConfigKey;
import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.DriverOptions;
import dev.godwit.daemon.host.HostName;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.BareReceiver;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Waiting;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code godwitd --receive}: one hypervisor that waits for one guest, without a daemon. It is left to itself when the guest has
 * come, and ended when this program is told to end before that.
 */
final class Receive {

    private final List<HypervisorDriver> drivers;
    private final PrintStream out;

    Receive(List<HypervisorDriver> drivers, PrintStream out) {
        this.drivers = drivers;
        this.out = out;
    }

    void run(CommandLine.Reception wanted, DaemonConfig config) throws IOException {
        BareReceiver.Order order = new BareReceiver.Order(read(wanted.definition()), wanted.listen(), wanted.tls());
        BareReceiver receiver = start(order, config);
        AtomicBoolean ended = new AtomicBoolean();
        Thread hook = Thread.ofPlatform().name("shutdown").unstarted(() -> {
            ended.set(true);
            receiver.close();
        });
        Runtime.getRuntime().addShutdownHook(hook);
        out.println("Guest '" + receiver.guest() + "' is awaited at " + receiver.uri());
        out.println(receiver.description());
        out.flush();
        if (wanted.detach()) {
            receiver.leave();
            return;
        }
        try (receiver) {
            boolean runs = receiver.await();
            out.println("Guest '" + receiver.guest() + "' has come and " + (runs ? "runs" : "is paused, as it was where it"
                    + " came from") + "; nobody watches over it");
        } catch (VirtException e) {
            if (!ended.get()) {
                throw e;
            }
            out.println("Guest '" + receiver.guest() + "' had not come; its receiver was ended");
        }
    }

    private BareReceiver start(BareReceiver.Order order, DaemonConfig config) throws IOException {
        for (HypervisorDriver driver : drivers) {
            if (config.get(ConfigKeys.DRIVERS).contains(driver.scheme())) {
                Optional<BareReceiver> receiver = driver.receive(setting(driver.scheme(), config), order);
                if (receiver.isPresent()) {
                    return receiver.get();
                }
            }
        }
        throw new IOException("There is no hypervisor here that could wait for a guest alone");
    }

    /** Of the host's state it touches nothing: it only needs to know where sockets and logs go. */
    private static HostSetting setting(String scheme, DaemonConfig config) throws IOException {
        return new HostSetting(new HostIdentity(HostName.qualified(HostName.ofKernel()), UUID.randomUUID()),
                config.instance().privileged(), folder(config, ConfigKeys.CONFIG_DIR, scheme),
                folder(config, ConfigKeys.STATE_DIR, scheme), folder(config, ConfigKeys.RUN_DIR, scheme),
                folder(config, ConfigKeys.LOG_DIR, scheme),
                new MigrationSettings(config.get(ConfigKeys.MIGRATION_HOST), config.get(ConfigKeys.MIGRATION_ADDRESS),
                        config.get(ConfigKeys.MIGRATION_PORT_MIN), config.get(ConfigKeys.MIGRATION_PORT_MAX),
                        config.get(ConfigKeys.MIGRATION_TRANSIENT_DROPS_CONFIG)),
                DriverOptions.of(config), InstantSource.system(), new SecureRandom(), Waiting.REAL, () -> {
                    throw new IllegalStateException("A bare receiver promises nothing");
                }, PeerAccess.NONE);
    }

    private static Path folder(DaemonConfig config, ConfigKey<Path> key, String scheme) {
        return config.get(key).resolve(scheme);
    }

    private static String read(String file) throws IOException {
        try {
            return file.equals("-")
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IOException("There is no file " + file, e);
        }
    }
}

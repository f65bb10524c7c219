package dev.godwit.driver.contract;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Waiting;
import dev.godwit.journal.JournalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What every contract needs: hosts of the driver's kind, and guests for them. */
public abstract class DriverContract {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Ports that no host outside of tests uses by itself; ten for each host of a test. */
    private static final int FIRST_PORT = 41000 + (int) (ProcessHandle.current().pid() % 400) * 20;

    private final List<ContractHost> hosts = new ArrayList<>();
    /** Whether the hosts' daemons cannot reach each other. */
    protected volatile boolean separated;
    private HypervisorDriver driver;
    private Path folder;

    /** For subclasses. */
    protected DriverContract() {}

    /** A new driver; the hosts of one test share it. */
    protected abstract HypervisorDriver newDriver();

    /** The subsystem its errors come from. */
    protected abstract ErrorDomain errorDomain();

    /**
     * A small guest of the driver's kind, that starts at once and goes on for ever.
     *
     * @param name its name
     * @param uuid its identity
     * @return a {@code domain} document
     */
    protected abstract String definition(String name, UUID uuid);

    /**
     * Ends a guest's process as an accident does, behind the driver's back.
     *
     * @param host  where it is
     * @param guest which
     */
    protected abstract void crash(ContractHost host, DomainRef guest);

    /** The driver's own configuration. */
    protected Map<String, String> options() {
        return Map.of();
    }

    /** How guests arrive at the hosts of a test, as far as the ports allow. */
    protected MigrationSettings migration(int firstPort) {
        return new MigrationSettings(
                Optional.of("127.0.0.1"), Optional.of("127.0.0.1"), firstPort, firstPort + 9, false);
    }

    @BeforeEach
    void begin() throws IOException {
        driver = newDriver();
        // Not JUnit's folder for temporary files: the path of a Unix socket ends at 107 bytes.
        folder = Files.createTempDirectory("gw");
    }

    @AfterEach
    void end() {
        RuntimeException first = null;
        for (ContractHost host : hosts) {
            try {
                host.close();
            } catch (RuntimeException e) {
                first = e;
            }
        }
        hosts.clear();
        // What a session does in the background may still write its last file.
        await("nothing is left in " + folder, () -> removed(folder));
        if (first != null) {
            throw first;
        }
    }

    /** A new host. */
    protected final ContractHost host(String name) {
        return host(name, migration(FIRST_PORT + 10 * hosts.size()));
    }

    /** A new host with its own way for guests to arrive. */
    protected final ContractHost host(String name, MigrationSettings migration) {
        Path base = folder.resolve(name);
        try {
            for (String part : List.of("config", "state", "run", "log")) {
                Files.createDirectories(base.resolve(part));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        HostSetting setting = new HostSetting(new HostIdentity(name + ".example.net", UUID.randomUUID()), true,
                base.resolve("config"), base.resolve("state"), base.resolve("run"), base.resolve("log"),
                migration, options(), InstantSource.system(), RandomGenerator.getDefault(), Waiting.REAL,
                () -> new JournalFiles(base.resolve("state").resolve("migrations.journal")), peers(name));
        ContractHost host = new ContractHost(driver, setting);
        hosts.add(host);
        return host;
    }

    /** How the hosts ask each other about migrations that nobody drives: by a call within this process. */
    private PeerAccess peers(String name) {
        return new PeerAccess(() -> List.of("test://" + name), (uris, migration, guest) -> {
            if (separated) {
                throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "no way to " + uris);
            }
            for (ContractHost host : hosts) {
                if (uris.contains("test://" + host.name())) {
                    return host.resolution().ask(migration, guest);
                }
            }
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "no host at " + uris);
        });
    }

    /** The first port of the range of the host that comes next. */
    protected final int nextPort() {
        return FIRST_PORT + 10 * hosts.size();
    }

    /**
     * Waits until something is so.
     *
     * @param what  for the failure's text
     * @param holds asked again and again
     */
    protected static void await(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("Waited in vain until " + what);
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    private static boolean removed(Path path) {
        try {
            remove(path);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void remove(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            List<Path> entries;
            try (var listing = Files.list(path)) {
                entries = listing.toList();
            }
            for (Path entry : entries) {
                remove(entry);
            }
        }
        Files.deleteIfExists(path);
    }
}

package dev.godwit.daemon;

import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.Instance;
import dev.godwit.driver.HypervisorDriver;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A daemon in this process, in a folder of its own, on a free TCP port and two Unix sockets. */
final class TestDaemon implements AutoCloseable {

    static final long VERSION = 1_002_003;

    final Daemon daemon;

    private TestDaemon(Daemon daemon) {
        this.daemon = daemon;
    }

    static TestDaemon start(Path folder, List<HypervisorDriver> drivers, String... settings) throws Exception {
        return new TestDaemon(Daemon.start(config(folder, drivers, settings), drivers, InstantSource.system(), VERSION));
    }

    static TestDaemon start(Path folder, HypervisorDriver driver, String... settings) throws Exception {
        return start(folder, List.of(driver), settings);
    }

    static DaemonConfig config(Path folder, List<HypervisorDriver> drivers, String... settings) throws Exception {
        String text = """
                listen_tcp = 1
                listen_addr = "127.0.0.1"
                tcp_port = "0"
                state_dir = "%1$s/state"
                run_dir = "%1$s/run"
                drivers = [%2$s]
                """.formatted(folder, drivers.stream().map(d -> '"' + d.scheme() + '"')
                .collect(Collectors.joining(", ")));
        String own = String.join("\n", settings);
        String open = own.contains("auth_tcp") ? "" : "auth_tcp = \"none\"\n";
        return DaemonConfig.parse(Instance.SYSTEM, "test.conf", text + open + own);
    }

    SocketAddress unix() {
        return daemon.addresses().get(0);
    }

    SocketAddress unixReadOnly() {
        return daemon.addresses().get(1);
    }

    SocketAddress tcp() {
        return daemon.addresses().get(2);
    }

    /** Waits until something is so; fails the test when it never is. */
    static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never came to pass: " + what);
            }
            Thread.onSpinWait();
            java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        daemon.close();
    }
}

package dev.godwit.driver.qemu.process;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.qmp.DescriptorChannel;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Connects to the monitor of a QEMU.
 *
 * <p>A QEMU that has just been started makes its socket after some milliseconds, and nothing tells when:
 * the kernel reports the file of a socket when it is bound, which is before it can be connected to. So
 * it is tried, every millisecond at first, as every millisecond counts for a migration, and at most every
 * 20 ms. A try costs some microseconds.
 */
public final class MonitorSocket {

    private static final long FIRST_PAUSE_NANOS = 1_000_000;
    private static final long LAST_PAUSE_NANOS = 20_000_000;
    private static final int TRIES_AT_FIRST_PAUSE = 100;

    private MonitorSocket() {}

    /**
     * Waits for the monitor of a QEMU that is starting, or of one that runs.
     *
     * @param path    its socket
     * @param process the QEMU
     * @param timeout how long to wait at most
     * @return connected, in blocking mode
     * @throws VirtException 1/10 with what the log says, at once, if QEMU ends meanwhile; 38/10 if the time is
     *         over; 78/10 if the thread is interrupted, which it still is afterwards
     */
    public static DescriptorChannel connect(Path path, QemuProcess process, Duration timeout) {
        UnixSocketPath.checked(path, "run_dir");
        var address = UnixDomainSocketAddress.of(path);
        long deadline = System.nanoTime() + timeout.toNanos();
        long pause = FIRST_PAUSE_NANOS;
        for (int tries = 1; ; tries++) {
            boolean alive = process.isAlive(); // Asked first: one that made its socket and then ended is no monitor.
            IOException why;
            try {
                return new MonitorChannel(open(address), path);
            } catch (IOException e) {
                why = e;
            }
            if (!alive) {
                throw exited(process);
            }
            if (System.nanoTime() > deadline) {
                throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                        "failed to connect to monitor socket '" + path + "' within " + timeout.toMillis() + " ms: "
                                + why.getMessage());
            }
            try {
                TimeUnit.NANOSECONDS.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                        "waiting for the monitor socket '" + path + "' was interrupted");
            }
            if (tries > TRIES_AT_FIRST_PAUSE) {
                pause = Math.min(pause * 2, LAST_PAUSE_NANOS);
            }
        }
    }

    /**
     * The error for a QEMU that ended before its monitor could be used.
     *
     * @param process that QEMU
     * @return 1/10 with what its log says
     */
    public static VirtException exited(QemuProcess process) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                "process exited while connecting to monitor"
                        + process.log().tail().map(text -> ": " + text).orElse(""));
    }

    private static SocketChannel open(UnixDomainSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(address);
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}

package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateIncoming;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The way into a QEMU that has not been told yet how its guest comes: on a connection that it is given, or, with the first bytes,
 * through this daemon.
 *
 * <pre>
 *   waits ─┬─ {@link #receiveFrom} ─► QEMU has the connection, and what is left here is to say that the tunnel has ended
 *          └─ {@link #send} ────────► QEMU listens on a Unix socket, and {@link QemuTunnel} goes into it
 * </pre>
 */
final class QemuTunnelEntrance implements Tunnel {

    private final QemuMachine machine;
    private final Path socket;
    private final Runnable nothingComes;
    private final ReentrantLock lock = new ReentrantLock();
    /** All below is guarded by the lock. */
    private Optional<QemuTunnel> fed = Optional.empty();
    private boolean connected;
    private boolean closed;

    /**
     * A way into a QEMU that waits.
     *
     * @param machine      started with {@code -incoming defer}
     * @param socket       where it is to listen when it gets its guest from this daemon
     * @param nothingComes run when this is closed before QEMU was told anything, so that QEMU has nothing to say about it
     */
    QemuTunnelEntrance(QemuMachine machine, Path socket, Runnable nothingComes) {
        this.machine = machine;
        this.socket = socket;
        this.nothingComes = nothingComes;
    }

    @Override
    public void send(ByteBuffer bytes) {
        fed().send(bytes);
    }

    @Override
    public void offer(ByteBuffer bytes, Duration limit) {
        fed().offer(bytes, limit);
    }

    @Override
    public boolean receiveFrom(SocketChannel connection) {
        lock.lock();
        try {
            if (fed.isPresent() || connected || closed) {
                return false;
            }
            listen(QemuConnectionOutlet.give(machine, connection));
            connected = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private QemuTunnel fed() {
        lock.lock();
        try {
            if (connected || closed) {
                throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.QEMU, connected
                        ? "the receiving QEMU has a connection of its own" : "the way into the receiving QEMU is closed");
            }
            if (fed.isEmpty()) {
                listen("unix:" + socket);
                fed = Optional.of(QemuTunnel.into(socket));
            }
            return fed.get();
        } finally {
            lock.unlock();
        }
    }

    private void listen(String where) {
        machine.ask(MigrateIncoming.stayingOnError(where, machine.monitor().version()));
    }

    @Override
    public void finish() {
        boolean own;
        lock.lock();
        try {
            own = connected;
        } finally {
            lock.unlock();
        }
        if (!own) {
            fed().finish();
        }
    }

    @Override
    public void close() {
        Optional<QemuTunnel> open;
        boolean nothing;
        lock.lock();
        try {
            nothing = fed.isEmpty() && !connected && !closed;
            closed = true;
            open = fed;
        } finally {
            lock.unlock();
        }
        open.ifPresent(QemuTunnel::close);
        if (nothing) {
            nothingComes.run();
        }
    }
}

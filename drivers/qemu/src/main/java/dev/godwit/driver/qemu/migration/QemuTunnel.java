package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The way into a QEMU that waits for its guest on a Unix socket, in a folder that only this daemon and QEMU enter. */
final class QemuTunnel implements Tunnel {

    private static final System.Logger LOG = System.getLogger(QemuTunnel.class.getName());

    /** As much as a packet; the kernel gives what it may. */
    private static final int SEND_BUFFER = 262_144;

    private final SocketChannel qemu;
    private final Selector room;

    private QemuTunnel(SocketChannel qemu, Selector room) {
        this.qemu = qemu;
        this.room = room;
    }

    /**
     * Connects to a QEMU that listens.
     *
     * @param socket where; removed, since nobody else is to come
     * @throws VirtException 9 if QEMU does not answer there
     */
    static QemuTunnel into(Path socket) {
        try {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            boolean done = false;
            try {
                channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
                channel.configureBlocking(false); // so that one can wait for a while
                Selector room = Selector.open();
                channel.register(room, SelectionKey.OP_WRITE);
                Files.deleteIfExists(socket);
                done = true;
                return new QemuTunnel(channel, room);
            } finally {
                if (!done) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "cannot reach QEMU on '" + socket + "': " + e.getMessage(), e);
        }
    }

    @Override
    public void send(ByteBuffer bytes) {
        write(bytes, Optional.empty());
    }

    @Override
    public void offer(ByteBuffer bytes, Duration limit) {
        write(bytes, Optional.of(limit));
    }

    private void write(ByteBuffer bytes, Optional<Duration> limit) {
        try {
            long end = System.nanoTime() + limit.orElse(Duration.ZERO).toNanos();
            while (bytes.hasRemaining()) {
                if (qemu.write(bytes) > 0 || !bytes.hasRemaining()) {
                    continue;
                }
                long millis = 0; // which means for ever
                if (limit.isPresent()) {
                    millis = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                    if (millis <= 0) {
                        return;
                    }
                }
                room.select(millis);
                room.selectedKeys().clear();
                if (Thread.currentThread().isInterrupted()) { // with that, waiting would not wait any more
                    throw new ClosedByInterruptException();
                }
            }
        } catch (IOException | ClosedSelectorException e) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "the receiving QEMU does not take the guest: "
                            + (e.getMessage() == null ? "its socket was closed" : e.getMessage()), e);
        }
    }

    @Override
    public void finish() {
        // What was written lies with the kernel, where QEMU finds it also after our end is closed.
        close();
    }

    @Override
    public void close() {
        try {
            qemu.close();
            room.close(); // and whoever waits learns it
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The way into a receiving QEMU could not be closed: " + e.getMessage());
        }
    }
}

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
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The way into a QEMU that waits for its guest on a Unix socket, in a folder that only this daemon and QEMU enter. */
final class QemuTunnel implements Tunnel {

    private static final System.Logger LOG = System.getLogger(QemuTunnel.class.getName());

    /** As much as a packet; the kernel gives what it may. */
    private static final int SEND_BUFFER = 262_144;

    private final SocketChannel qemu;

    private QemuTunnel(SocketChannel qemu) {
        this.qemu = qemu;
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
            channel.setOption(StandardSocketOptions.SO_SNDBUF, SEND_BUFFER);
            Files.deleteIfExists(socket);
            return new QemuTunnel(channel);
        } catch (IOException e) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "cannot reach QEMU on '" + socket + "': " + e.getMessage(), e);
        }
    }

    @Override
    public void send(ByteBuffer bytes) {
        try {
            while (bytes.hasRemaining()) {
                qemu.write(bytes);
            }
        } catch (IOException e) {
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
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The way into a receiving QEMU could not be closed: " + e.getMessage());
        }
    }
}

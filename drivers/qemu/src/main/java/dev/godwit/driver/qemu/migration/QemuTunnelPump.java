package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.process.UnixSocketPath;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Takes a guest from QEMU and puts it into a tunnel.
 *
 * <pre>
 *   QEMU ── Unix socket in the guest's own folder ──► pump, a platform thread, one buffer outside the heap ──► Tunnel
 * </pre>
 *
 * <p>Nothing is gathered here: a tunnel that does not take its data makes the pump wait, and with it QEMU.
 */
final class QemuTunnelPump implements QemuOutlet {

    private static final System.Logger LOG = System.getLogger(QemuTunnelPump.class.getName());

    /** One packet of the remote protocol's streams: 256 KiB with what goes around it. */
    private static final int BUFFER = 262_120;

    private final Tunnel tunnel;
    private final Consumer<VirtException> broken;
    private final CompletableFuture<Void> read = new CompletableFuture<>();
    private volatile Optional<ServerSocketChannel> server = Optional.empty();
    private volatile Optional<SocketChannel> qemu = Optional.empty();
    private volatile boolean closed;

    /**
     * A pump that QEMU has not been told of.
     *
     * @param tunnel where everything goes; closed unless it gets finished
     * @param broken told when the tunnel breaks
     */
    QemuTunnelPump(Tunnel tunnel, Consumer<VirtException> broken) {
        this.tunnel = tunnel;
        this.broken = broken;
    }

    @Override
    public String handOver(QemuMachine machine) {
        Path socket = UnixSocketPath.checked(machine.place().tunnel(), "run_dir");
        try {
            Files.deleteIfExists(socket);
            ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            server = Optional.of(listening);
            listening.bind(UnixDomainSocketAddress.of(socket), 1);
            // Nobody interrupts it: that would close the channel it writes to. It ends when its channels do.
            Thread.ofPlatform().daemon().name("tunnel " + socket.getParent().getFileName())
                    .start(() -> run(listening, socket));
            return "unix:" + socket;
        } catch (IOException e) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "cannot listen for QEMU on '" + socket + "': " + e.getMessage(), e);
        }
    }

    private void run(ServerSocketChannel listening, Path socket) {
        try {
            try (SocketChannel from = listening.accept()) {
                qemu = Optional.of(from);
                listening.close();
                Files.deleteIfExists(socket);
                if (closed) {
                    return;
                }
                ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
                while (from.read(buffer) >= 0) {
                    tunnel.send(buffer.flip());
                    buffer.clear();
                }
            }
            read.complete(null);
        } catch (VirtException e) {
            fail(e);
        } catch (IOException e) {
            fail(new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "tunnelled migration failed to read from qemu: " + e.getMessage(), e));
        } catch (RuntimeException | Error e) {
            fail(new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "the tunnel failed: " + e, e));
        } finally {
            read.completeExceptionally(new IOException("the tunnel was closed"));
        }
    }

    private void fail(VirtException why) {
        read.completeExceptionally(why);
        if (!closed) {
            broken.accept(why);
        }
    }

    @Override
    public void finish() {
        try {
            read.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                    "job 'migration out' canceled by client", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof VirtException why
                    ? why
                    : new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, e.getCause().getMessage(), e);
        }
        tunnel.finish();
    }

    @Override
    public void close() {
        closed = true;
        tunnel.close();
        try {
            for (Channel one : Stream.concat(server.stream(), qemu.stream()).toList()) {
                one.close();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "A tunnel's socket could not be closed: " + e.getMessage());
        }
    }
}

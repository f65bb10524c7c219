package dev.godwit.driver.qemu.process;

import dev.godwit.driver.qemu.process.Posix.Result;
import dev.godwit.driver.qemu.qmp.DescriptorChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * The channel of a monitor, through which also open files can be handed to QEMU.
 *
 * <p>Java does not tell the descriptor of a channel. It is looked for when one is needed: among this process's open files it is
 * the one that is connected to the monitor's path, which is that run's alone and has room for one connection.
 */
final class MonitorChannel implements DescriptorChannel {

    private static final long PAUSE_MILLIS = 1;

    private final SocketChannel channel;
    private final Path path;

    MonitorChannel(SocketChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return channel.read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return channel.write(from);
    }

    @Override
    public void write(ByteBuffer bytes, int descriptor) throws IOException {
        int own = duplicate();
        try {
            byte[] all = new byte[bytes.remaining()];
            bytes.duplicate().get(all);
            Result sent = SocketCalls.send(own, all, descriptor);
            while (sent.failed() && (sent.errno() == Posix.EAGAIN || sent.errno() == Posix.EINTR)) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                sent = SocketCalls.send(own, all, descriptor);
            }
            if (sent.failed()) {
                throw sent.asException("Cannot hand a file to QEMU");
            }
            bytes.position(bytes.position() + (int) sent.value());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Handing a file to QEMU was interrupted", e);
        } finally {
            Posix.close(own);
        }
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Another descriptor of this channel, which cannot become another file's while it is used. */
    private int duplicate() throws IOException {
        return OpenFiles.duplicate(descriptor -> SocketCalls.isConnectedTo(descriptor, path)).orElseThrow(() ->
                new IOException("The connection to " + path + " is not among this process's open files"));
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

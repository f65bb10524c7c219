package dev.godwit.client;

import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.rpc.RemoteErrorException;
import dev.godwit.wire.rpc.RpcStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;

/** A stream of the remote protocol as a channel. One thread may read while another writes. */
final class StreamChannel implements ByteChannel {

    private final String peer;
    private final RpcStream stream;
    private ByteBuffer rest = ByteBuffer.allocate(0);
    private volatile boolean open = true;

    StreamChannel(String peer, RpcStream stream) {
        this.peer = peer;
        this.stream = stream;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!rest.hasRemaining()) {
            Optional<ByteBuffer> next = waiting(stream::receive);
            if (next.isEmpty()) {
                return -1;
            }
            rest = next.get();
        }
        int count = Math.min(rest.remaining(), into.remaining());
        into.put(rest.slice(rest.position(), count));
        rest.position(rest.position() + count);
        return count;
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        int count = from.remaining();
        waiting(() -> {
            stream.send(from);
            return count;
        });
        return count;
    }

    private interface Step<T> {
        T run() throws IOException, RemoteErrorException, InterruptedException;
    }

    private <T> T waiting(Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (RemoteErrorException e) {
            throw VirtException.received(e.error().code(), e.error().domain(), e.error().text()).at(peer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new ClosedByInterruptException();
        } catch (IOException e) {
            if (!open) {
                throw new ClosedChannelException();
            }
            throw new LostConnectionException(peer, "Lost the connection to " + peer + ": " + e.getMessage(), e);
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    /** Ends the stream in order where the host still answers, which it is not waited for. */
    @Override
    public void close() {
        if (open) {
            open = false;
            stream.close();
        }
    }
}

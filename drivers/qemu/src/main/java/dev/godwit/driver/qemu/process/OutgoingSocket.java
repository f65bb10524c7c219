package dev.godwit.driver.qemu.process;

import dev.godwit.driver.qemu.process.Posix.Result;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A connection that is made here to be handed to QEMU. Neither connecting nor waiting for it holds up a carrier of virtual
 * threads.
 */
public final class OutgoingSocket implements AutoCloseable {

    /** On a network that is well an answer is there by then. */
    private static final int FIRST_LOOK_MILLIS = 2;

    private static final long LOOK_MILLIS = 10;

    private final int descriptor;
    private final AtomicBoolean open = new AtomicBoolean(true);

    private OutgoingSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /** It was not wanted any more before it was there. */
    public static final class GivenUpException extends IOException {

        private static final long serialVersionUID = 1L;

        GivenUpException() {
            super("Connecting was given up");
        }
    }

    /**
     * Connects over TCP.
     *
     * @param address where to, resolved
     * @param limit   how long it may take
     * @param givenUp asked now and then whether it is not wanted any more
     * @return connected
     * @throws SocketTimeoutException if nobody answered in time
     * @throws GivenUpException       if it is not wanted any more, or the thread was interrupted, which it still is then
     * @throws IOException            with the kernel's words
     */
    public static OutgoingSocket connect(InetSocketAddress address, Duration limit, BooleanSupplier givenUp)
            throws IOException {
        OutgoingSocket socket = made(SocketCalls.socket(SocketCalls.family(address.getAddress())));
        return socket.connected(SocketCalls.connect(socket.descriptor, address), limit, givenUp);
    }

    /**
     * Connects to a Unix socket of this host.
     *
     * @param path its path, at most 107 bytes
     * @return connected
     * @throws IOException with the kernel's words
     */
    public static OutgoingSocket connect(Path path) throws IOException {
        OutgoingSocket socket = made(SocketCalls.socket(SocketCalls.AF_UNIX));
        return socket.connected(SocketCalls.connect(socket.descriptor, path), Duration.ZERO, () -> false);
    }

    private static OutgoingSocket made(Result socket) throws IOException {
        if (socket.failed()) {
            throw socket.asException("Cannot make a socket");
        }
        return new OutgoingSocket((int) socket.value());
    }

    private OutgoingSocket connected(Result begun, Duration limit, BooleanSupplier givenUp) throws IOException {
        boolean done = false;
        try {
            int error = begun.failed() ? begun.errno() : 0;
            if (error == SocketCalls.EINPROGRESS) {
                await(limit, givenUp);
                error = SocketCalls.error(descriptor);
            }
            if (error != 0) {
                throw new ConnectException(Posix.text(error));
            }
            SocketCalls.noDelay(descriptor);
            Result blocks = SocketCalls.blocking(descriptor);
            if (blocks.failed()) {
                throw blocks.asException("Cannot make a socket block");
            }
            done = true;
            return this;
        } finally {
            if (!done) {
                close();
            }
        }
    }

    private void await(Duration limit, BooleanSupplier givenUp) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment fds = arena.allocate(Posix.POLLFD_BYTES, 4);
            for (int millis = FIRST_LOOK_MILLIS; ; millis = 0) {
                Posix.pollFor(fds, 0, descriptor, Posix.POLLOUT);
                if (Posix.poll(fds, millis).value() > 0) {
                    return;
                }
                if (givenUp.getAsBoolean()) {
                    throw new GivenUpException();
                }
                if (System.nanoTime() - end >= 0) {
                    throw new SocketTimeoutException("No answer within " + limit.toMillis() + " ms");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GivenUpException();
        }
    }

    /** Its number in this process; its own until it is closed. */
    public int descriptor() {
        return descriptor;
    }

    /** Closes it here. What was handed on stays open there. */
    @Override
    public void close() {
        if (open.getAndSet(false)) {
            Posix.close(descriptor);
        }
    }
}

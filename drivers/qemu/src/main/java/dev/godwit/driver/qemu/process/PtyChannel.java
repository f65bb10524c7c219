package dev.godwit.driver.qemu.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The daemon's end of a terminal that QEMU opened for a guest's serial line: what the guest prints is
 * read, what is written the guest gets typed.
 *
 * <p>QEMU makes such a terminal raw (no echo, no line editing, no signals) and it stays so. What the
 * guest prints while nobody has it open is lost, and QEMU looks for a newcomer once a second.
 *
 * <p>Reading and writing block, may be done by virtual threads, and end with an exception as soon as the
 * channel is closed by another thread or the thread is interrupted, which closes it. The end of QEMU is
 * the end of the channel. A platform thread of the channel's own does the waiting, on the terminal and on
 * a pipe by which it is woken; it ends, and both are closed, before {@link #close} returns.
 *
 * <p>Lock: {@code lock} guards the two buffers and the state. The only call made under it is one byte
 * written to the pipe, which does not block.
 */
public final class PtyChannel implements ByteChannel {

    private static final int BUFFER_BYTES = 1 << 16;

    private final String path;
    private final int terminal;
    private final int wakeRead;
    private final int wakeWrite;
    private final Thread pump;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ByteBuffer incoming = ByteBuffer.allocate(BUFFER_BYTES); // written at its position
    private final ByteBuffer outgoing = ByteBuffer.allocate(BUFFER_BYTES); // written at its position
    private boolean closing;
    private boolean hungUp;
    private boolean pumpEnded;

    private PtyChannel(String path, int terminal, int[] wake) {
        this.path = path;
        this.terminal = terminal;
        this.wakeRead = wake[0];
        this.wakeWrite = wake[1];
        this.pump = Thread.ofPlatform().daemon().name("console-" + path).stackSize(256 << 10).unstarted(this::pump);
    }

    /**
     * Opens a terminal.
     *
     * @param path for example {@code /dev/pts/3}
     * @return the open channel
     * @throws IOException if it does not exist or may not be opened
     */
    public static PtyChannel open(String path) throws IOException {
        Posix.Result opened =
                Posix.open(path, Posix.O_RDWR | Posix.O_NOCTTY | Posix.O_NONBLOCK | Posix.O_CLOEXEC);
        if (opened.failed()) {
            throw opened.asException("Cannot open the terminal " + path);
        }
        int terminal = (int) opened.value();
        int[] wake;
        try {
            wake = Posix.pipe();
        } catch (IOException e) {
            Posix.close(terminal);
            throw e;
        }
        var channel = new PtyChannel(path, terminal, wake);
        channel.pump.start();
        return channel;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        lock.lock();
        try {
            requireOpen();
            while (incoming.position() == 0 && !hungUp) {
                awaitChange();
            }
            if (incoming.position() == 0) {
                return -1;
            }
            incoming.flip();
            int count = Math.min(incoming.remaining(), into.remaining());
            into.put(incoming.slice(incoming.position(), count));
            incoming.position(incoming.position() + count).compact();
            wake();
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** {@inheritDoc} What is written is on its way to the guest, and waits for a guest that does not read. */
    @Override
    public int write(ByteBuffer from) throws IOException {
        lock.lock();
        try {
            requireOpen();
            int all = from.remaining();
            while (from.hasRemaining()) {
                if (hungUp) {
                    throw new IOException("The guest has closed the terminal " + path + ".");
                }
                int count = Math.min(from.remaining(), outgoing.remaining());
                if (count == 0) {
                    awaitChange();
                    continue;
                }
                outgoing.put(from.slice(from.position(), count));
                from.position(from.position() + count);
                wake();
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (closing) {
            throw new ClosedChannelException();
        }
    }

    private void awaitChange() throws IOException {
        try {
            changed.await();
        } catch (InterruptedException e) {
            closing = true;
            wake();
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
        if (closing) {
            throw new AsynchronousCloseException();
        }
    }

    @Override
    public boolean isOpen() {
        lock.lock();
        try {
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            wake();
            changed.signalAll();
            while (!pumpEnded) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The thread that does the waiting, which is over when {@link #close} has returned. */
    Thread pumpThread() {
        return pump;
    }

    private void wake() {
        if (!pumpEnded && Thread.currentThread() != pump) {
            try (Arena arena = Arena.ofConfined()) {
                Posix.write(wakeWrite, arena.allocate(1)); // A full pipe wakes as well.
            }
        }
    }

    private void pump() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(BUFFER_BYTES);
            MemorySegment polled = arena.allocate(2L * Posix.POLLFD_BYTES, 4);
            for (int interest = interest(); interest >= 0; interest = interest()) {
                Posix.pollFor(polled, 0, interest == 0 ? -1 : terminal, interest);
                Posix.pollFor(polled, 1, wakeRead, Posix.POLLIN);
                Posix.poll(polled, -1); // An interrupted call has found nothing.
                if (Posix.pollFound(polled, 1) != 0) {
                    Posix.read(wakeRead, memory);
                }
                int found = interest == 0 ? 0 : Posix.pollFound(polled, 0);
                // A hang-up is found with whatever was asked for, and is learnt by trying.
                if (found != 0 && (interest & Posix.POLLIN) != 0) {
                    receive(memory);
                }
                if (found != 0 && (interest & Posix.POLLOUT) != 0) {
                    send(memory);
                }
            }
        } finally {
            lock.lock();
            try {
                pumpEnded = true;
                hungUp = true;
                Posix.close(terminal);
                Posix.close(wakeRead);
                Posix.close(wakeWrite);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** What the terminal is waited for: a bit set; 0 for nothing now, negative for never again. */
    private int interest() {
        lock.lock();
        try {
            if (closing) {
                return -1;
            }
            if (hungUp) {
                return 0;
            }
            return (incoming.hasRemaining() ? Posix.POLLIN : 0) | (outgoing.position() > 0 ? Posix.POLLOUT : 0);
        } finally {
            lock.unlock();
        }
    }

    private void receive(MemorySegment memory) {
        int room;
        lock.lock();
        try {
            room = incoming.remaining();
        } finally {
            lock.unlock();
        }
        Posix.Result result = Posix.read(terminal, memory.asSlice(0, room));
        lock.lock();
        try {
            if (result.value() > 0) {
                incoming.put(memory.asSlice(0, result.value()).toArray(ValueLayout.JAVA_BYTE));
            } else if (!isPassing(result)) {
                hungUp = true; // EIO, or nothing: QEMU has closed its end.
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void send(MemorySegment memory) {
        int count;
        lock.lock();
        try {
            count = outgoing.position();
            MemorySegment.copy(outgoing.array(), 0, memory, ValueLayout.JAVA_BYTE, 0, count);
        } finally {
            lock.unlock();
        }
        Posix.Result result = Posix.write(terminal, memory.asSlice(0, count));
        lock.lock();
        try {
            if (result.value() > 0) {
                outgoing.flip().position((int) result.value());
                outgoing.compact();
            } else if (!isPassing(result)) {
                hungUp = true;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static boolean isPassing(Posix.Result result) {
        return result.failed() && (result.errno() == Posix.EAGAIN || result.errno() == Posix.EINTR);
    }
}

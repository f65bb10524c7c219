package dev.godwit.wire.frame;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Puts messages on a stream of bytes, for many threads at once.
 *
 * <p>Callers put their messages into a queue; one virtual thread writes them, several with one system
 * call where they wait together. A thread that is interrupted while it writes to a channel closes it, and
 * one caller's cancellation must not take the connection away from all others; so callers do not touch
 * the channel. The exception is {@link #writeHere}, for threads that nobody interrupts: whoever moves
 * gigabytes cannot afford two changes of thread for each packet. One thread writes at a time, whoever it is.
 *
 * <p>The queue is bounded by {@value #QUEUE_BYTES} bytes of payload: {@link #write} waits for room, which is
 * what slows down a stream whose peer does not read. {@link #writeNow} never waits, for answers to
 * keepalive and for threads that must not block.
 *
 * <p>Payloads are not copied. After a message was passed in its payload belongs to the writer, until
 * {@link #writeThrough} returns or for good.
 */
public final class FrameWriter implements AutoCloseable {

    /** How many bytes may wait in the queue before {@link #write} blocks. */
    public static final int QUEUE_BYTES = 1 << 20;

    private static final Runnable NOTHING = () -> { };
    private static final int GATHER = 64;
    /**
     * The longest buffer of the heap that is given to the channel: the JDK writes by way of memory outside the heap
     * that is as large as the buffer, and keeps it for each thread.
     */
    private static final int PIECE = 131_072;
    /** The most that is given to the channel at once. A full message of stream data fits. */
    private static final int BURST = 3 * PIECE;

    private static final class Entry {

        final Frame frame;
        final Runnable afterwards;
        boolean written;

        Entry(Frame frame, Runnable afterwards) {
            this.frame = frame;
            this.afterwards = afterwards;
        }
    }

    private final WritableByteChannel channel;
    private final Consumer<IOException> onFailure;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition queued = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final Deque<Entry> queue = new ArrayDeque<>();
    private final Thread thread;
    private long waiting;
    /** Whether somebody is writing to the channel now. */
    private boolean busy;
    private boolean closing;
    private boolean abandoned;
    private boolean stopped;
    private IOException failure;

    /**
     * Starts a writer whose failure shows when the next message is to be written.
     *
     * @param channel a channel in blocking mode; gathering writes are used if it has them
     * @param name    the name of the writing thread
     */
    public FrameWriter(WritableByteChannel channel, String name) {
        this(channel, name, failure -> { });
    }

    /**
     * Starts a writer.
     *
     * @param channel   a channel in blocking mode; gathering writes are used if it has them
     * @param name      the name of the writing thread
     * @param onFailure told once, on the writing thread, when writing fails; not after {@link #abandon}
     */
    public FrameWriter(WritableByteChannel channel, String name, Consumer<IOException> onFailure) {
        this(channel, Thread.ofVirtual().name(name), onFailure);
    }

    /**
     * Starts a writer on a thread of the caller's choice. A program with one connection, which soon ends, is faster with
     * a platform thread: the first virtual one of a process costs more than all that a command has to send.
     *
     * @param channel   a channel in blocking mode; gathering writes are used if it has them
     * @param thread    makes the writing thread
     * @param onFailure told once, on the writing thread, when writing fails; not after {@link #abandon}
     */
    public FrameWriter(WritableByteChannel channel, Thread.Builder thread, Consumer<IOException> onFailure) {
        this.channel = channel;
        this.onFailure = onFailure;
        this.thread = thread.start(this::run);
    }

    /**
     * Puts a message into the queue, waiting for room if it is full.
     *
     * @param frame the message; its payload must not be changed any more
     * @throws IOException          if writing failed before, or the writer is closed
     * @throws InterruptedException if interrupted while waiting; the message was not queued
     */
    public void write(Frame frame) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting >= QUEUE_BYTES && !closing && failure == null) {
                progress.await();
            }
            enqueue(frame, false);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a message into the queue even if it is full, and never waits.
     *
     * @param frame the message; its payload must not be changed any more
     * @throws IOException if writing failed before, or the writer is closed
     */
    public void writeNow(Frame frame) throws IOException {
        lock.lock();
        try {
            enqueue(frame, false);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a message into the queue, even if it is full, and has something done between this message and the next. For
     * changes of how the channel itself writes.
     *
     * @param frame      the message; its payload must not be changed any more
     * @param afterwards done by the thread that writes, once the operating system has the message; must not wait
     * @throws IOException if writing failed before, or the writer is closed
     */
    public void writeThen(Frame frame, Runnable afterwards) throws IOException {
        lock.lock();
        try {
            enqueue(new Entry(frame, afterwards), false);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a message before all others that have not been written yet, and never waits. For keepalive,
     * whose peer counts seconds.
     *
     * @param frame the message
     * @throws IOException if writing failed before, or the writer is closed
     */
    public void writeFirst(Frame frame) throws IOException {
        lock.lock();
        try {
            enqueue(frame, true);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Puts a message into the queue and waits until the operating system has it. The payload's memory may
     * be used again when this returns normally.
     *
     * @param frame the message
     * @throws IOException          if writing fails or failed before, or the writer is closed
     * @throws InterruptedException if interrupted while waiting; the message may still be written, and its
     *                              payload must not be changed any more
     */
    public void writeThrough(Frame frame) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting >= QUEUE_BYTES && !closing && failure == null) {
                progress.await();
            }
            Entry entry = enqueue(frame, false);
            while (!entry.written) {
                if (stopped) {
                    throw failed();
                }
                progress.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes a message on the calling thread, after all that waited before it, and returns when the operating system
     * has it. The payload's memory may be used again then. Payloads in direct memory are not copied.
     *
     * @param frame the message
     * @throws IOException if writing fails or failed before, or the writer is closed
     * @apiNote To interrupt the calling thread meanwhile is to close the channel. A platform thread of one's own that
     *          nobody interrupts may call this, and nobody else.
     */
    public void writeHere(Frame frame) throws IOException {
        Entry entry = new Entry(frame, NOTHING);
        lock.lock();
        try {
            // The writing thread is not woken: it would take the message from under our hands.
            add(entry, false);
        } finally {
            lock.unlock();
        }
        List<Entry> batch = new ArrayList<>();
        while (turn(entry, batch)) {
            try {
                write(batch);
                done(batch);
            } catch (IOException e) {
                stop(e);
                throw e;
            } catch (RuntimeException | Error e) {
                stop(new IOException(e));
                throw e;
            }
        }
    }

    /** Waits until this thread may write, and takes what waits; false when somebody else has written the message. */
    private boolean turn(Entry entry, List<Entry> batch) throws IOException {
        lock.lock();
        try {
            while (busy && !entry.written && !stopped) {
                progress.awaitUninterruptibly();
            }
            if (entry.written) {
                return false;
            }
            if (stopped || abandoned) {
                throw failed();
            }
            take(batch);
            busy = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Accepts no more messages, waits until those in the queue are written or writing has failed, and
     * ends the writing thread. Does not close the channel. A peer that does not read makes this wait:
     * close the channel to end that.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            queued.signal();
            progress.signalAll();
            while (!stopped && Thread.currentThread() != thread) {
                progress.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Accepts no more messages and drops those in the queue. Returns at once; close the channel afterwards
     * to end a write that is under way.
     */
    public void abandon() {
        lock.lock();
        try {
            closing = true;
            abandoned = true;
            queue.clear();
            waiting = 0;
            queued.signal();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Entry enqueue(Frame frame, boolean first) throws IOException {
        return enqueue(new Entry(frame, NOTHING), first);
    }

    private Entry enqueue(Entry entry, boolean first) throws IOException {
        add(entry, first);
        queued.signal();
        return entry;
    }

    private void add(Entry entry, boolean first) throws IOException {
        Frame frame = entry.frame;
        if (closing || failure != null) {
            throw failed();
        }
        if (frame.length() > Frame.MAX_LENGTH) {
            throw new IllegalArgumentException("Message of " + frame.length() + " bytes is too long");
        }
        if (first) {
            queue.addFirst(entry);
        } else {
            queue.addLast(entry);
        }
        waiting += frame.length();
    }

    private IOException failed() {
        return failure == null ? new ClosedChannelException() : new IOException(failure.getMessage(), failure);
    }

    private void run() {
        List<Entry> batch = new ArrayList<>();
        try {
            while (next(batch)) {
                write(batch);
                done(batch);
            }
            stop(null);
        } catch (IOException e) {
            stop(e);
        } catch (Throwable e) {
            stop(new IOException(e));
            throw e;
        }
    }

    /** Takes what waits; false when closed and nothing is left. */
    private boolean next(List<Entry> batch) {
        lock.lock();
        try {
            while (busy || queue.isEmpty() && !closing) {
                queued.awaitUninterruptibly();
            }
            take(batch);
            busy = !batch.isEmpty();
            return busy;
        } finally {
            lock.unlock();
        }
    }

    private void take(List<Entry> batch) {
        while (batch.size() < GATHER && !queue.isEmpty()
                && (batch.isEmpty() || batch.getLast().afterwards == NOTHING)) {
            batch.add(queue.removeFirst());
        }
    }

    private void done(List<Entry> batch) {
        batch.getLast().afterwards.run();
        lock.lock();
        try {
            for (Entry entry : batch) {
                entry.written = true;
                waiting = Math.max(0, waiting - entry.frame.length());
            }
            busy = false;
            if (!queue.isEmpty() || closing) {
                queued.signal();
            }
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        batch.clear();
    }

    private void stop(IOException cause) {
        boolean tell;
        lock.lock();
        try {
            tell = cause != null && failure == null && !abandoned;
            if (failure == null) {
                failure = cause;
            }
            stopped = true;
            closing = true;
            busy = false;
            queue.clear();
            waiting = 0;
            queued.signal();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
        if (tell) {
            onFailure.accept(cause);
        }
    }

    private void write(List<Entry> batch) throws IOException {
        ByteBuffer[] pieces = pieces(batch);
        int first = 0;
        while (first < pieces.length) {
            int end = first;
            int bytes = 0;
            while (end < pieces.length && (end == first || bytes + pieces[end].remaining() <= BURST)) {
                bytes += pieces[end].remaining();
                end++;
            }
            if (channel instanceof GatheringByteChannel gathering) {
                gathering.write(pieces, first, end - first);
            } else {
                channel.write(pieces[first]);
            }
            while (first < end && !pieces[first].hasRemaining()) {
                first++;
            }
        }
    }

    /** The messages' bytes, in order, no piece of the heap longer than {@link #PIECE}. */
    private static ByteBuffer[] pieces(List<Entry> batch) {
        List<ByteBuffer> pieces = new ArrayList<>(2 * batch.size());
        ByteBuffer heads = ByteBuffer.allocate(batch.size() * Frame.MIN_LENGTH);
        for (Entry entry : batch) {
            int at = heads.position();
            heads.putInt(entry.frame.length());
            entry.frame.header().put(heads);
            pieces.add(heads.slice(at, Frame.MIN_LENGTH));
            ByteBuffer payload = entry.frame.payload();
            if (payload.isDirect()) {
                pieces.add(payload);
                continue;
            }
            for (int from = payload.position(); from < payload.limit(); from += PIECE) {
                pieces.add(payload.slice(from, Math.min(PIECE, payload.limit() - from)));
            }
        }
        return pieces.toArray(ByteBuffer[]::new);
    }
}

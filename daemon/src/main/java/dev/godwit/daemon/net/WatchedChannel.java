package dev.godwit.daemon.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.LongSupplier;

/** The reading side of a channel, which remembers how much came and since when it waits. */
final class WatchedChannel implements ReadableByteChannel {

    private static final long NOT_WAITING = Long.MIN_VALUE;

    private final ReadableByteChannel channel;
    private final LongSupplier nanoTime;
    private volatile long waitingSince = NOT_WAITING;
    private volatile long received;

    WatchedChannel(ReadableByteChannel channel, LongSupplier nanoTime) {
        this.channel = channel;
        this.nanoTime = nanoTime;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        waitingSince = nanoTime.getAsLong();
        int read;
        try {
            read = channel.read(into);
        } finally {
            waitingSince = NOT_WAITING;
        }
        if (read > 0) {
            received = received + read; // one thread writes
        }
        return read;
    }

    /** Bytes that came so far. */
    long received() {
        return received;
    }

    /** For how long the reader has been waiting for the next byte; 0 while it does something else. */
    long waitingNanos() {
        long since = waitingSince;
        return since == NOT_WAITING ? 0 : nanoTime.getAsLong() - since;
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

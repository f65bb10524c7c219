package dev.godwit.wire.frame;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * Cuts a stream of bytes into messages.
 *
 * <p>For one thread. Blocks in the channel's {@code read}. A length word is checked before anything is
 * allocated, and a long message gets its buffer as its bytes arrive: whoever only claims to send 32 MiB
 * costs 64 KiB more than an idle connection.
 */
public final class FrameReader {

    /** What every connection costs, however idle. Nearly all messages are smaller. */
    private static final int BUFFER = 16_384;
    /**
     * The first piece of a long message's memory, and the most that is asked of the channel at once: the JDK reads
     * by way of memory outside the heap that is as large as the request, and keeps it for each thread.
     */
    private static final int PIECE = 65_536;

    /** Where the payloads of messages come to lie. */
    @FunctionalInterface
    public interface Memory {

        /** A buffer of the heap for each. */
        Memory HEAP = (_, _) -> Optional.empty();

        /**
         * Memory for a payload. Called by the thread that reads, for each message; must not wait.
         *
         * @param header the message's header
         * @param size   the payload's size in bytes
         * @return an empty buffer with at least so much room, which belongs to the frame from then on; nothing for a
         *         buffer of the heap, which grows as the bytes arrive
         */
        Optional<ByteBuffer> forPayload(Header header, int size);
    }

    private final ReadableByteChannel channel;
    private final int largest;
    private final Memory memory;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);

    /**
     * A reader that takes messages of any legal length.
     *
     * @param channel a channel in blocking mode
     */
    public FrameReader(ReadableByteChannel channel) {
        this(channel, Frame.MAX_LENGTH);
    }

    /**
     * A reader with a limit of its own.
     *
     * @param channel a channel in blocking mode
     * @param largest the largest acceptable length word, at most {@link Frame#MAX_LENGTH}
     */
    public FrameReader(ReadableByteChannel channel, int largest) {
        this(channel, largest, Memory.HEAP);
    }

    /**
     * A reader that takes messages of any legal length and is given memory for some.
     *
     * @param channel a channel in blocking mode
     * @param memory  gives memory for payloads
     */
    public FrameReader(ReadableByteChannel channel, Memory memory) {
        this(channel, Frame.MAX_LENGTH, memory);
    }

    private FrameReader(ReadableByteChannel channel, int largest, Memory memory) {
        if (largest < Frame.MIN_LENGTH || largest > Frame.MAX_LENGTH) {
            throw new IllegalArgumentException("largest length " + largest);
        }
        this.channel = channel;
        this.largest = largest;
        this.memory = memory;
    }

    /**
     * Waits for the next message.
     *
     * @return the message, with a payload that nobody else holds; empty if the peer closed the
     *         connection between two messages
     * @throws EOFException      if the peer closed the connection in the middle of a message
     * @throws BadFrameException if the length word is out of bounds
     * @throws IOException       if reading fails
     */
    public Optional<Frame> read() throws IOException {
        if (!fill(Frame.LENGTH_WORD)) {
            if (buffer.hasRemaining()) {
                throw cut(buffer.remaining(), Frame.MIN_LENGTH);
            }
            return Optional.empty();
        }
        int length = buffer.getInt(buffer.position());
        // Unsigned, so that 0x80000000 and above are too large and not negative.
        if (Integer.compareUnsigned(length, Frame.MIN_LENGTH) < 0 || Integer.compareUnsigned(length, largest) > 0) {
            throw new BadFrameException(length, largest);
        }
        if (!fill(Frame.MIN_LENGTH)) {
            throw cut(buffer.remaining(), length);
        }
        buffer.getInt();
        Header header = Header.get(buffer);
        int size = length - Frame.MIN_LENGTH;
        Optional<ByteBuffer> given = memory.forPayload(header, size);
        return Optional.of(new Frame(header, given.isPresent() ? payload(size, given.get()) : payload(size)));
    }

    private ByteBuffer payload(int size, ByteBuffer payload) throws IOException {
        int here = Math.min(size, buffer.remaining());
        payload.limit(payload.position() + size).mark();
        payload.put(buffer.slice(buffer.position(), here));
        buffer.position(buffer.position() + here);
        while (payload.hasRemaining()) {
            if (channel.read(payload) < 0) {
                throw cut(Frame.MIN_LENGTH + size - payload.remaining(), Frame.MIN_LENGTH + size);
            }
        }
        return payload.reset();
    }

    private ByteBuffer payload(int size) throws IOException {
        int here = Math.min(size, buffer.remaining());
        ByteBuffer payload = ByteBuffer.allocate(here == size ? size : Math.min(size, PIECE));
        payload.put(buffer.slice(buffer.position(), here));
        buffer.position(buffer.position() + here);
        while (payload.position() < size) {
            if (!payload.hasRemaining()) {
                ByteBuffer larger = ByteBuffer.allocate((int) Math.min(size, 4L * payload.capacity()));
                payload = larger.put(payload.flip());
            }
            payload.limit(Math.min(payload.capacity(), payload.position() + PIECE));
            int read = channel.read(payload);
            payload.limit(payload.capacity());
            if (read < 0) {
                throw cut(Frame.MIN_LENGTH + payload.position(), Frame.MIN_LENGTH + size);
            }
        }
        return payload.flip();
    }

    /** Reads until so many bytes are in the buffer; false if the peer closes before that. */
    private boolean fill(int bytes) throws IOException {
        if (buffer.remaining() >= bytes) {
            return true;
        }
        buffer.compact();
        try {
            while (buffer.position() < bytes) {
                if (channel.read(buffer) < 0) {
                    return false;
                }
            }
            return true;
        } finally {
            buffer.flip();
        }
    }

    private static EOFException cut(int read, int length) {
        return new EOFException("Connection closed after " + read + " of " + length + " bytes of a message");
    }
}

package dev.godwit.wire.sasl;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.GatheringByteChannel;
import javax.security.sasl.SaslException;

/**
 * A channel over which a security layer can be laid in the middle of the conversation: four bytes of length and a
 * wrapped piece, again and again (RFC 4422, section 3.7).
 *
 * <p>Until {@link #protectReading} and {@link #protectWriting} bytes pass as they are. One thread may read while another
 * writes. A thread that waits in {@code read} while the layer is laid gets the first protected bytes unwrapped: what
 * counts is whether the layer was there when they came.
 */
public final class SaslChannel implements ByteChannel, GatheringByteChannel {

    private static final int LENGTH_WORD = 4;

    private final ByteChannel channel;
    private volatile SecurityLayer reading;
    private volatile SecurityLayer writing;
    private ByteBuffer wrapped = ByteBuffer.allocate(0);
    private ByteBuffer plain = ByteBuffer.allocate(0);
    private byte[] piece = new byte[0];

    /**
     * A channel without a layer as yet.
     *
     * @param channel in blocking mode; closed with this one
     */
    public SaslChannel(ByteChannel channel) {
        this.channel = channel;
    }

    /** From now on what comes is unwrapped. To be called before the peer can know that it is to wrap. */
    public void protectReading(SecurityLayer layer) {
        reading = layer;
    }

    /** From now on what goes is wrapped. To be called by the thread that writes, or while nobody does. */
    public void protectWriting(SecurityLayer layer) {
        writing = layer;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        if (reading == null) {
            int from = target.position();
            int read = channel.read(target);
            if (reading == null || read <= 0) {
                return read;
            }
            // The layer came while we waited, and so before these bytes: take them back.
            wrapped = ByteBuffer.allocate(Math.max(read, LENGTH_WORD + SecurityLayer.LONGEST_WRAPPED))
                    .put(target.slice(from, read));
            target.position(from);
        }
        while (!plain.hasRemaining()) {
            if (!nextPiece()) {
                return -1;
            }
        }
        int count = Math.min(plain.remaining(), target.remaining());
        target.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        return count;
    }

    /** Reads and unwraps one piece; false at the end. */
    private boolean nextPiece() throws IOException {
        if (wrapped.capacity() == 0) {
            wrapped = ByteBuffer.allocate(LENGTH_WORD + SecurityLayer.LONGEST_WRAPPED);
        }
        if (!fill(LENGTH_WORD)) {
            if (wrapped.position() > 0) {
                throw new EOFException("Connection closed in the middle of a piece under SASL's protection");
            }
            return false;
        }
        int length = wrapped.getInt(0);
        if (length < 1 || length > SecurityLayer.LONGEST_WRAPPED) {
            throw new SaslException("A piece of " + Integer.toUnsignedString(length)
                    + " bytes under SASL's protection; allowed is 1 to " + SecurityLayer.LONGEST_WRAPPED);
        }
        if (!fill(LENGTH_WORD + length)) {
            throw new EOFException("Connection closed in the middle of a piece under SASL's protection");
        }
        plain = ByteBuffer.wrap(reading.unwrap(wrapped.array(), LENGTH_WORD, length));
        wrapped.flip().position(LENGTH_WORD + length);
        wrapped.compact();
        return true;
    }

    private boolean fill(int bytes) throws IOException {
        while (wrapped.position() < bytes) {
            if (channel.read(wrapped) < 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    /** Writes all of it: a piece is wrapped once and cannot be half sent. */
    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        SecurityLayer layer = writing;
        if (layer == null) {
            if (channel instanceof GatheringByteChannel gathering) {
                return gathering.write(sources, offset, length);
            }
            return length == 0 ? 0 : channel.write(sources[offset]);
        }
        if (piece.length != layer.longestPlain()) {
            piece = new byte[layer.longestPlain()];
        }
        long written = 0;
        int held = 0;
        for (int i = offset; i < offset + length; i++) {
            while (sources[i].hasRemaining()) {
                int count = Math.min(sources[i].remaining(), piece.length - held);
                sources[i].get(piece, held, count);
                held += count;
                written += count;
                if (held == piece.length) {
                    send(layer, held);
                    held = 0;
                }
            }
        }
        if (held > 0) {
            send(layer, held);
        }
        return written;
    }

    private void send(SecurityLayer layer, int count) throws IOException {
        byte[] protectedBytes = layer.wrap(piece, 0, count);
        ByteBuffer out = ByteBuffer.allocate(LENGTH_WORD + protectedBytes.length)
                .putInt(protectedBytes.length).put(protectedBytes).flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}

package dev.godwit.wire.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * A channel that encrypts what is written to another channel, and decrypts what comes from it. TLS 1.2 and 1.3.
 *
 * <p>In blocking mode, like the channel under it. One thread may read while another writes, and neither waits for the
 * other: when the peer wants an answer that belongs to the protocol (KeyUpdate, RFC 8446 section 4.6.3), a thread of
 * its own writes it, as the reader must go on even when nothing can be written. Several records are written with one
 * system call.
 *
 * <p>The end of the channel below reads as the end of this one, with or without TLS's own word for it (close_notify):
 * stock peers never send one, and the protocol above says itself where a message ends.
 *
 * <p>A peer that wants to negotiate anew (TLS 1.2) is refused.
 */
public final class TlsChannel implements ByteChannel, GatheringByteChannel {

    /** Records that are read or written with one system call: 256 KiB. */
    private static final int BATCH = 16;
    /** How long {@link #close} lets the last word be written. */
    private static final long FAREWELL_MILLIS = 50;
    private static final int FIRST_CONTENT_TYPE = 20;
    private static final int LAST_CONTENT_TYPE = 23;

    private final ByteChannel transport;
    private final SSLEngine engine;
    private final ReentrantLock reading = new ReentrantLock();
    private final ReentrantLock writing = new ReentrantLock();
    private final RecordBuffer in = new RecordBuffer(BATCH);
    private final RecordBuffer out = new RecordBuffer(BATCH);
    private final AtomicBoolean answering = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Decrypted and not read yet. */
    private ByteBuffer plain = ByteBuffer.allocate(0);
    private boolean lastFilled;
    private boolean ended;
    private boolean heard;
    private volatile boolean mute;

    /**
     * A channel before its handshake.
     *
     * @param transport connected and in blocking mode; closed with this channel
     * @param engine    fresh, its role and parameters set
     */
    public TlsChannel(ByteChannel transport, SSLEngine engine) {
        this.transport = transport;
        this.engine = engine;
    }

    /**
     * Shakes hands. To be called once, before anything else.
     *
     * @param limit how long it may take
     * @throws SocketTimeoutException if it takes longer
     * @throws EOFException           if the peer closes
     * @throws NotTlsException        if the peer speaks something else
     * @throws SSLException           if the two do not agree, or one does not trust the other
     * @throws IOException            if reading or writing fails. The channel is closed after each of these
     */
    public void handshake(Duration limit) throws IOException {
        Deadline deadline = Deadline.closing(transport, limit);
        boolean done = false;
        reading.lock();
        try {
            writing.lock();
            try {
                shakeHands();
                done = true;
            } finally {
                writing.unlock();
            }
        } catch (IOException e) {
            if (deadline.isOver()) {
                SocketTimeoutException timeout = new SocketTimeoutException(
                        "The TLS handshake was not complete after " + limit.toSeconds() + " s");
                timeout.initCause(e);
                throw timeout;
            }
            throw e;
        } finally {
            reading.unlock();
            deadline.met();
            if (!done) {
                close();
            }
        }
    }

    private void shakeHands() throws IOException {
        try {
            engine.beginHandshake();
            while (true) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_WRAP -> answer();
                    case NEED_TASK -> runTasks();
                    case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> listen();
                    case NOT_HANDSHAKING, FINISHED -> {
                        return;
                    }
                }
            }
        } catch (NotTlsException e) {
            mute = true;
            throw e;
        } catch (SSLException e) {
            sendAlert();
            throw e;
        }
    }

    /** Takes one record of the handshake. */
    private void listen() throws IOException {
        SSLEngineResult result = engine.unwrap(in.get(), ByteBuffer.allocate(0));
        switch (result.getStatus()) {
            case OK -> { }
            case BUFFER_UNDERFLOW -> {
                if (!receive()) {
                    throw new EOFException("The connection was closed during the TLS handshake");
                }
            }
            case BUFFER_OVERFLOW -> throw new SSLException("Data came before the end of the TLS handshake");
            case CLOSED -> throw new EOFException("The other side ended the TLS handshake");
        }
    }

    /** Tells the peer what was wrong with it; the time limit of the handshake still runs. */
    private void sendAlert() {
        try {
            answer();
        } catch (IOException _) {
            // It is the first failure that counts.
        }
    }

    private void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    /** What was negotiated; meaningful after the handshake. */
    public SSLSession session() {
        return engine.getSession();
    }

    /** The peer's certificates, its own first; empty where it sent none. */
    public List<X509Certificate> peerChain() {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (Certificate certificate : session().getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
        } catch (SSLPeerUnverifiedException _) {
            // It sent none.
        }
        return chain;
    }

    /** The length of the cipher's key in bits, for what asks how well a connection is protected. */
    public int keyBits() {
        String suite = session().getCipherSuite();
        return suite.contains("_AES_128_") ? 128 : suite.contains("_AES_256_") || suite.contains("CHACHA20") ? 256 : 0;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        reading.lock();
        try {
            if (closed.get()) {
                throw new ClosedChannelException();
            }
            if (!into.hasRemaining()) {
                return 0;
            }
            int before = into.position();
            if (plain.hasRemaining()) {
                take(into);
            }
            // What has come is given out before more is waited for.
            while (!ended && into.hasRemaining()) {
                SSLEngineResult result = engine.unwrap(in.get(), into);
                serve(result);
                boolean gotSome = into.position() > before;
                switch (result.getStatus()) {
                    case OK -> { }
                    case BUFFER_UNDERFLOW -> {
                        if (gotSome) {
                            return into.position() - before;
                        }
                        ended = !receive();
                    }
                    case BUFFER_OVERFLOW -> {
                        if (gotSome) {
                            return into.position() - before;
                        }
                        decryptAside();
                        take(into);
                    }
                    case CLOSED -> ended = true;
                }
            }
            return into.position() > before ? into.position() - before : -1;
        } finally {
            reading.unlock();
        }
    }

    /** A record that is larger than the reader's buffer. It may not have come completely yet. */
    private void decryptAside() throws IOException {
        ByteBuffer room = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        SSLEngineResult result = engine.unwrap(in.get(), room);
        serve(result);
        switch (result.getStatus()) {
            case OK -> plain = room.flip();
            case BUFFER_UNDERFLOW -> ended = !receive();
            case CLOSED -> ended = true;
            case BUFFER_OVERFLOW -> throw new SSLException("A TLS record is larger than the session allows");
        }
    }

    private void take(ByteBuffer into) {
        int count = Math.min(into.remaining(), plain.remaining());
        into.put(plain.slice(plain.position(), count));
        plain.position(plain.position() + count);
        if (!plain.hasRemaining()) {
            plain = ByteBuffer.allocate(0);
        }
    }

    /** Does what the protocol asks for besides data. */
    private void serve(SSLEngineResult result) throws IOException {
        HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            if (session().getProtocol().equals("TLSv1.2")) {
                throw new SSLException("The other side wants to negotiate TLS anew, which is refused");
            }
            runTasks();
            status = engine.getHandshakeStatus();
        }
        if (status == HandshakeStatus.NEED_WRAP && answering.compareAndSet(false, true)) {
            Thread.ofVirtual().name("tls answer").start(this::answerAside);
        }
    }

    private void answerAside() {
        writing.lock();
        try {
            answering.set(false); // what is owed from now on needs another thread, which waits for the lock
            if (!closed.get()) {
                answer();
            }
        } catch (IOException e) {
            System.getLogger(TlsChannel.class.getName()).log(System.Logger.Level.DEBUG,
                    "An answer of the TLS protocol could not be sent", e); // whoever writes next learns it
        } finally {
            writing.unlock();
        }
    }

    /** Writes what the engine itself has to say. The writing lock is held. */
    private void answer() throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        ByteBuffer records = out.fresh(false, packetSize());
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            SSLEngineResult result = engine.wrap(nothing, records);
            boolean full = result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW;
            if (full && records.position() == 0) {
                records = ByteBuffer.allocate(2 * records.capacity());
            } else if (full) {
                send(records);
            } else if (result.getStatus() == SSLEngineResult.Status.CLOSED || result.bytesProduced() == 0) {
                break;
            }
        }
        send(records);
    }

    private void send(ByteBuffer records) throws IOException {
        records.flip();
        while (records.hasRemaining()) {
            transport.write(records);
        }
        records.clear();
    }

    /** Reads from the transport; false at its end. */
    private boolean receive() throws IOException {
        ByteBuffer records = in.keep(lastFilled, packetSize()).compact();
        int count;
        try {
            if (!records.hasRemaining()) {
                throw new SSLException("A TLS record is longer than " + packetSize() + " bytes");
            }
            count = transport.read(records);
            lastFilled = !records.hasRemaining();
        } finally {
            records.flip();
        }
        if (!heard && count > 0) {
            heard = true;
            int first = Byte.toUnsignedInt(records.get(records.position()));
            if (first < FIRST_CONTENT_TYPE || first > LAST_CONTENT_TYPE) {
                throw new NotTlsException(first);
            }
        }
        return count >= 0;
    }

    private int packetSize() {
        return engine.getSession().getPacketBufferSize();
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return (int) write(new ByteBuffer[] {from}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] from) throws IOException {
        return write(from, 0, from.length);
    }

    /** Writes all of it. */
    @Override
    public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        writing.lock();
        try {
            if (closed.get()) {
                throw new ClosedChannelException();
            }
            long all = remaining(from, offset, length);
            ByteBuffer records = out.fresh(all > packetSize(), packetSize());
            while (remaining(from, offset, length) > 0) {
                SSLEngineResult result = engine.wrap(from, offset, length, records);
                switch (result.getStatus()) {
                    case OK -> {
                        if (result.bytesProduced() == 0) {
                            unblock(result.getHandshakeStatus());
                        }
                    }
                    case BUFFER_OVERFLOW -> {
                        if (records.position() == 0) {
                            records = ByteBuffer.allocate(2 * records.capacity());
                        } else {
                            send(records);
                        }
                    }
                    case CLOSED -> {
                        send(records);
                        throw new ClosedChannelException();
                    }
                    case BUFFER_UNDERFLOW -> throw new IllegalStateException("wrapping cannot underflow");
                }
            }
            send(records);
            return all;
        } finally {
            writing.unlock();
        }
    }

    /** The engine wants something else before it takes data. */
    private void unblock(HandshakeStatus status) throws IOException {
        if (status != HandshakeStatus.NEED_TASK) {
            throw new SSLException("TLS stopped in the state " + status);
        }
        runTasks();
    }

    private static long remaining(ByteBuffer[] buffers, int offset, int length) {
        long sum = 0;
        for (int i = offset; i < offset + length; i++) {
            sum += buffers[i].remaining();
        }
        return sum;
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    /**
     * Says goodbye (close_notify) where that can be done at once, and closes the channel below. Waits for nobody longer
     * than {@value #FAREWELL_MILLIS} ms. Threads that read or write end with an exception.
     */
    @Override
    public void close() throws IOException {
        if (closed.getAndSet(true)) {
            return;
        }
        if (!mute && transport.isOpen()) {
            boolean interrupted = Thread.interrupted();
            // On a thread of its own: an interrupt would close the channel, and a peer that does not read would keep us.
            Thread farewell = Thread.ofVirtual().name("tls farewell").start(this::sayGoodbye);
            try {
                farewell.join(Duration.ofMillis(FAREWELL_MILLIS));
            } catch (InterruptedException _) {
                interrupted = true;
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        transport.close();
    }

    private void sayGoodbye() {
        if (!writing.tryLock()) {
            return; // somebody writes, and may be waiting for a peer that does not read
        }
        try {
            engine.closeOutbound();
            answer();
        } catch (IOException | RuntimeException _) {
            // The end of the channel below says the same.
        } finally {
            writing.unlock();
        }
    }

    @Override
    public String toString() {
        return "TLS over " + transport;
    }
}

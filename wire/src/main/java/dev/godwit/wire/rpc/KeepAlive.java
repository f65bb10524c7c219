package dev.godwit.wire.rpc;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.KeepAliveProcedures;
import dev.godwit.wire.remote.Program;
import java.io.IOException;
import java.time.Duration;

/**
 * Finds out whether the other side of a connection is still there; the same on both sides.
 *
 * <p>A PING is answered at once, always. PINGs of our own are sent only after {@link #start}: after a time of
 * silence one goes out, then one after each further such time, and after the last unanswered one the connection
 * is given up. Any message from the other side counts as an answer.
 *
 * <p>Safe for use by several threads; never waits.
 */
public final class KeepAlive implements AutoCloseable {

    /** A message that is sent without waiting, before all others. */
    @FunctionalInterface
    public interface Sender {
        /**
         * Sends it, or drops it if the connection is gone.
         *
         * @param frame the message
         * @throws IOException if the connection is gone
         */
        void send(Frame frame) throws IOException;
    }

    private static final Frame PING = message(KeepAliveProcedures.PING);
    private static final Frame PONG = message(KeepAliveProcedures.PONG);

    private final Timer timer;
    private final Sender sender;
    private final Runnable dead;
    private final Object lock = new Object();
    private volatile long heard;
    private Duration interval = Duration.ZERO;
    private int count;
    private int unanswered;
    private long pinged;
    private boolean paused;
    private boolean closed;
    private Timer.Alarm alarm = () -> { };

    /**
     * One side's keepalive, not yet sending PINGs.
     *
     * @param timer  tells the time
     * @param sender where PING and PONG go, such as {@code FrameWriter::writeFirst}
     * @param dead   runs once, on the timer's thread, when the other side is given up
     */
    public KeepAlive(Timer timer, Sender sender, Runnable dead) {
        this.timer = timer;
        this.sender = sender;
        this.dead = dead;
        this.heard = timer.nanoTime();
    }

    /**
     * Begins to send PINGs.
     *
     * @param silence how long nothing must have come before a PING is sent; zero or less: never send one
     * @param pings   how many may remain unanswered
     */
    public void start(Duration silence, int pings) {
        synchronized (lock) {
            if (closed || !silence.isPositive()) {
                return;
            }
            alarm.cancel();
            interval = silence;
            count = pings;
            unanswered = 0;
            pinged = timer.nanoTime();
            alarm = timer.after(interval, this::tick);
        }
    }

    /**
     * Takes note of a message, and deals with it if it belongs to this protocol.
     *
     * @param header the header of a message that has come
     * @return true if it was a PING or a PONG and there is nothing more to do with it
     */
    public boolean received(Header header) {
        heard = timer.nanoTime();
        if (header.program() != Program.KEEPALIVE.number()) {
            return false;
        }
        if (header.version() == Program.VERSION && header.messageType() == MessageType.MESSAGE
                && header.procedure() == KeepAliveProcedures.PING) {
            send(PONG);
        }
        return true;
    }

    /**
     * Stops the clock while we ourselves do not read, so that the other side is not blamed for it.
     *
     * @param reading false when reading stops, true when it goes on
     */
    public void reading(boolean reading) {
        synchronized (lock) {
            heard = timer.nanoTime();
            paused = !reading;
        }
    }

    /** Sends no more PINGs and gives nobody up. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            alarm.cancel();
        }
    }

    private void tick() {
        boolean giveUp;
        synchronized (lock) {
            if (closed) {
                return;
            }
            long now = timer.nanoTime();
            if (paused) {
                heard = now;
            }
            if (heard - pinged >= 0) {
                unanswered = 0;
            }
            long silent = now - heard;
            if (silent < interval.toNanos()) {
                alarm = timer.after(interval.minusNanos(silent), this::tick);
                return;
            }
            giveUp = unanswered >= count;
            if (giveUp) {
                closed = true;
            } else {
                unanswered++;
                pinged = now;
                alarm = timer.after(interval, this::tick);
            }
        }
        if (giveUp) {
            dead.run();
        } else {
            send(PING);
        }
    }

    private void send(Frame frame) {
        try {
            sender.send(frame);
        } catch (IOException e) {
            // Whoever reads or writes next learns that the connection is gone, and why.
        }
    }

    private static Frame message(int procedure) {
        return new Frame(new Header(Program.KEEPALIVE.number(), Program.VERSION, procedure,
                MessageType.MESSAGE, 0, MessageStatus.OK));
    }
}

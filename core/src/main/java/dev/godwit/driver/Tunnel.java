package dev.godwit.driver;

import dev.godwit.domain.VirtException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;

/**
 * The way into a receiver that is fed by the daemons instead of by the source's hypervisor. The destination makes it in
 * {@link MigrationDestination#prepare}; whoever has the guest's data puts it in, in order. In between there may be a
 * connection: a stand-in's tunnel hands on what is put into it, and the far daemon puts it into its driver's.
 *
 * <p>For one sender. {@link #close} may come from any thread and ends a {@link #send} that waits.
 *
 * <p>Nothing is gathered: a receiver that does not take its data makes {@link #send} wait, so memory stays bounded
 * whatever the other side does.
 *
 * <p>Where nothing has to be encrypted in between, the hypervisors may be given a {@linkplain #connection connection} of their own
 * instead, and the daemons see none of the guest.
 */
public interface Tunnel extends AutoCloseable {

    /**
     * Sends bytes, waiting until all of them are on their way. The buffer's memory may be used again when this returns.
     *
     * @param bytes from position to limit; afterwards the position is the limit. Direct memory is not copied
     * @throws VirtException if the receiver broke off, in its own words, or the connection to it is lost
     */
    void send(ByteBuffer bytes);

    /**
     * Sends as much as the receiver takes soon. For a thread that has other things to do than to wait for a receiver, and
     * that saves handing the bytes to another one. A receiver that cannot be asked for so little takes nothing here.
     *
     * @param bytes from position to limit; the position says afterwards what was sent, of which the memory may be used again
     * @param limit how long to wait, altogether
     * @throws VirtException as from {@link #send}
     */
    default void offer(ByteBuffer bytes, Duration limit) {}

    /**
     * Says that all has been sent, and waits until the receiver has it.
     *
     * @throws VirtException if the receiver broke off, or the connection to it is lost
     */
    void finish();

    /**
     * A connection to the receiver that the sender's hypervisor may be given. Where it is, nothing is put into the tunnel, and {@link
     * #finish} says that the hypervisor has sent all. Closed with the tunnel, which does not close it for the hypervisor.
     *
     * @return over TCP, in blocking mode; empty where the data has to go through {@link #send}
     */
    default Optional<SocketChannel> connection() {
        return Optional.empty();
    }

    /**
     * Gives the receiver a connection on which its guest comes, instead of through this tunnel.
     *
     * @param connection over TCP, in blocking mode; the caller closes it afterwards, which does not close it for the receiver
     * @return false where the receiver cannot be given one, or has been sent something already; all is as it was then
     * @throws VirtException if the receiver did not take it
     */
    default boolean receiveFrom(SocketChannel connection) {
        return false;
    }

    /** Breaks off, unless all has been sent. Never fails and waits for nobody. */
    @Override
    void close();
}

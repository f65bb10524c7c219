package dev.godwit.daemon.rpc;

import dev.godwit.driver.Tunnel;
import java.nio.channels.ByteChannel;

/** Takes what a call's stream is about, at most one thing. */
public interface StreamOpening {

    /**
     * The stream carries bytes from and to a device.
     *
     * @param device closed with the stream
     */
    void accept(ByteChannel device);

    /**
     * The stream carries a guest into a receiver, in one direction and by the gigabyte.
     *
     * @param tunnel finished or closed with the stream
     */
    void accept(Tunnel tunnel);
}

package dev.godwit.daemon.net;

import java.nio.channels.ByteChannel;

/**
 * A client that has come in, ready for its first message.
 *
 * @param channel in blocking mode; one thread may read while another writes
 * @param door    what is known about the client
 */
public record Arrival(ByteChannel channel, Door door) {}

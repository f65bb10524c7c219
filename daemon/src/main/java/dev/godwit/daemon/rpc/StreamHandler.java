package dev.godwit.daemon.rpc;

import java.nio.channels.ByteChannel;
import java.util.function.Consumer;

/**
 * Answers a procedure whose call becomes a stream.
 *
 * @param <A> its arguments
 * @param <R> its result
 */
@FunctionalInterface
public interface StreamHandler<A, R> {

    /**
     * Answers a call. Runs on a virtual thread of its own and may block.
     *
     * @param session whose call it is
     * @param args    the arguments
     * @param stream  takes the channel that the stream carries, at most once; it is closed with the stream
     * @return the result
     * @throws dev.godwit.domain.VirtException to answer with an error; there is no stream then
     */
    R handle(Session session, A args, Consumer<ByteChannel> stream);
}

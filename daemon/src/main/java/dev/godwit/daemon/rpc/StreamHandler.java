package dev.godwit.daemon.rpc;

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
     * @param stream  takes what the stream is about
     * @return the result
     * @throws dev.godwit.domain.VirtException to answer with an error; there is no stream then
     */
    R handle(Session session, A args, StreamOpening stream);
}

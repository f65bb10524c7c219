package dev.godwit.daemon.rpc;

/**
 * Answers a procedure.
 *
 * @param <A> its arguments
 * @param <R> its result
 */
@FunctionalInterface
public interface Handler<A, R> {

    /**
     * Answers a call. Runs on a virtual thread of its own and may block.
     *
     * @param session whose call it is
     * @param args    the arguments
     * @return the result
     * @throws dev.godwit.domain.VirtException to answer with an error
     */
    R handle(Session session, A args);
}

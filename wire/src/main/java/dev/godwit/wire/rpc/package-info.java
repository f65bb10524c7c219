/**
 * A conversation: what both ends share above messages, and the client's half.
 *
 * <p>{@link dev.godwit.wire.rpc.RpcClient} is calls, streams and events over one connection;
 * {@link dev.godwit.wire.rpc.KeepAlive} serves either end.
 *
 * <p>Threads of a connection: a reader, which runs nobody's code; a writer, which alone touches the channel's
 * sending side; one that calls the listener. All are virtual. Locks: a stream has one, under which messages are put
 * into the writer's queue without waiting; the reader holds it only while it adds to the stream's own queue.
 */
package dev.godwit.wire.rpc;

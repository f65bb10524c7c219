/**
 * Sockets: who may come in, how many, and the conversation with each.
 *
 * <pre>
 *   Listener ─► Admission ─► Connection ─┬─► CallLane (ordinary calls)   ─► Dispatcher
 *                                        ├─► CallLane (calls that never wait for a guest)
 *                                        ├─► streams
 *                                        └─► keepalive
 * </pre>
 *
 * <p>Threads: a connection has one reader, which runs no handler and writes nothing itself, and one writer; calls run
 * on virtual threads of their own. Locks: {@code CallLane}, {@code Admission} and the writer's queue each have one; none
 * is held while another is taken, and none across I/O.
 */
package dev.godwit.daemon.net;

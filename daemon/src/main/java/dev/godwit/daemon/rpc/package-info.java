/**
 * From a message to a handler and back.
 *
 * <pre>
 *   connection ─► Dispatcher: program, procedure, opened?, read-only? ─► Handlers ─► a handler
 *        ▲                                                                              │
 *        └──────────────── reply or error, one of them always ◄─────────────────────────┘
 * </pre>
 *
 * <p>A handler is a function from a session and a record to a record; it blocks, on a virtual thread of its own.
 * What a handler throws becomes an error reply in one place, {@link dev.godwit.daemon.rpc.ErrorReplies}.
 */
package dev.godwit.daemon.rpc;

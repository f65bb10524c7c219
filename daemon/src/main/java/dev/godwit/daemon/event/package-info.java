/**
 * Events on their way from hypervisors to those who asked for them.
 *
 * <pre>
 *   a guest's thread ─► EventHub ─► EventMessages: one message a registration ─► the connection's event queue
 * </pre>
 *
 * <p>Nothing on this way waits: a client that does not read costs a guest no time.
 */
package dev.godwit.daemon.event;

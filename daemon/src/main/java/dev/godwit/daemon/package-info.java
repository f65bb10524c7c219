/**
 * The host daemon.
 *
 * <pre>
 *   Godwitd ─► DaemonConfig ─► Daemon ─► Hypervisors (drivers; they find their guests again)
 *   (main)                        ├────► EventHub
 *                                 └────► Server (listeners, connections) ─► Dispatcher ─► handlers
 * </pre>
 *
 * <p>Only {@link dev.godwit.daemon.Daemon} builds objects from configuration.
 */
package dev.godwit.daemon;

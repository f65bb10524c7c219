/**
 * Connections to hosts.
 *
 * <pre>
 *   Connection        a conversation with one daemon; everything below hangs on it
 *     Domains         find, define and create guests
 *       Domain        a guest: its life, its definition, its figures
 *         DomainJobs  its migration under way
 *     RemoteHost      the host itself
 *     Events          what happens there
 *   LocalSockets, Reach, Authentication   how a URI becomes a connection
 *   Ports, Pending  threads and time, and what a thread of one's own does meanwhile
 * </pre>
 *
 * <p>Locks: {@link dev.godwit.client.Events} guards its table of registrations; under it only queues are
 * filled. {@code StreamChannel} has none: one reader, one writer.
 */
package dev.godwit.client;

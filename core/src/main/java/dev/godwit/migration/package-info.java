/**
 * How a guest moves from one host to another.
 *
 * <pre>
 *   MigrationProtocol   five phases on two hosts, and what happens when one of them fails
 *     MigrationPlan     what each host is asked, as the answers come in
 *     PhaseFailed       where it stopped
 *   MigrationOutcome    who may run the guest afterwards
 *   MigrationEntry      what a host writes into its journal
 *     MigrationHistory  what its journal says, folded into a JournaledMigration each
 *     MigrationAudit    what several hosts' journals prove together, by a MigrationAccount each
 *   ProtocolPicture     the protocol's table as a page
 * </pre>
 *
 * <p>Nothing here knows a hypervisor, a socket, a file or a clock: only the two sides
 * ({@link dev.godwit.driver.MigrationSource}, {@link dev.godwit.driver.MigrationDestination}), each of
 * which may be a driver in this process or a stand-in for one at the far end of a connection.
 */
package dev.godwit.migration;

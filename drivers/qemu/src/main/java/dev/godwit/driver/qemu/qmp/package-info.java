/**
 * QEMU's own protocol, QMP, and QEMU's words for things.
 *
 * <pre>
 *   QmpConnection      one monitor: greeting, capabilities, commands matched to replies by id
 *     ├ writer thread    the only one that writes
 *     ├ reader thread    the only one that reads; never runs code of a listener, never writes
 *     └ event thread     hands events to the listener, in order; then the news that it is over
 *   QmpCommand         one record a command, with the record of its reply:
 *     RunStateCommands · MigrationCommands · QueryCommands · BlockCommands · ObjectCommands · GuestCommands
 *   QmpEvent           one record an event
 *   Json               the tree all of it is read from and written to
 * </pre>
 *
 * <p>A reply is turned into records on the thread that asked, so a reply that cannot be understood
 * is that caller's error and not the end of the monitor.
 *
 * <p>Locks: {@code QmpConnection.state} guards its table of open commands. Nothing is called and
 * nothing is read or written while it is held.
 *
 * <p>Names, types and units are those of QEMU's QMP reference, checked against the schema that QEMU
 * 7.2 and 10.0 report ({@code query-qmp-schema}). Field names stand beside the records.
 */
package dev.godwit.driver.qemu.qmp;

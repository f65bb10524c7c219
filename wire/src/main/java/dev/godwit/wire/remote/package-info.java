/**
 * Libvirt's remote protocol: what may be said, and its layout.
 *
 * <pre>
 *   AuthProcedures  ►  ConnectProcedures  ►  DomainProcedures      DomainQueryProcedures   NodeProcedures
 *                                            MigrationProcedures   OlderMigrationProcedures
 *                                            JobProcedures         ConsoleProcedures       QemuProcedures
 *                                            EventProcedures  ─ ─ ► DomainEvents, PlainDomainEvents
 *                                            ResolutionProcedures  ours: what became of a migration
 * </pre>
 *
 * <p>A page for each subject. A procedure is one constant and the records of its arguments and result; client, daemon,
 * access check, tests and documents are derived from that. {@link dev.godwit.wire.remote.RemoteProtocol} is the
 * index. Component names are the protocol's own.
 *
 * <p>To add a procedure, write its constant and its records on the page of its subject, write
 * {@code structures.golden} anew as its test says, and give it a handler in the daemon.
 */
package dev.godwit.wire.remote;

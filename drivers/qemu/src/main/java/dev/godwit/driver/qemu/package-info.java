/**
 * QEMU guests of one host.
 *
 * <pre>
 *   QemuDriver ──open──► QemuSession   what this host can do, as facets
 *                          ├ Guests, DomainEvents   GuestManager of core, over machine.QemuHypervisor
 *                          ├ HostInformation        QemuHostInformation
 *                          ├ Consoles               QemuConsoles
 *                          ├ MonitorAccess          QemuMonitorAccess
 *                          └ MigrationSource, MigrationDestination, Jobs   package migration
 *   machine       one QEMU: start, commands, events, end, finding it again
 *   command       from a definition to a command line
 *   definition    from what a user wrote to a complete definition, and its forms
 *   capabilities  what a QEMU binary and this host can do
 *   process       QEMU as a process: log, sockets, ports, terminals
 *   qmp           the monitor's protocol
 * </pre>
 */
package dev.godwit.driver.qemu;

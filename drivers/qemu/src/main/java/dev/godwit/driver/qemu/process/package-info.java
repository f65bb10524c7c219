/**
 * QEMU as a process of the host: started, found again, measured, ended; and what belongs to it:
 * log, monitor socket, ports, terminals.
 *
 * <pre>
 *   QemuLauncher ──starts──► QemuProcess ◄──adopts── QemuLauncher of the next daemon
 *                              │ ProcessIdentity: pid + start time + boot, kept in the guest's status file
 *                              ├ QemuLog          what it printed, for error messages
 *                              └ ProcFs, ProcStat how it stands, from /proc
 *   MonitorSocket   connects to a QEMU that is still starting
 *   PortAllocator   ports for migrations and displays
 *   ConsoleChannels, PtyChannel   the guest's serial lines
 * </pre>
 *
 * <p><b>A guest outlives the daemon.</b> QEMU runs in a session of its own with nothing of the
 * daemon's but a null input and its log, so it does not notice when the daemon ends, by whatever
 * signal. Under systemd this needs {@code KillMode=process}, or stopping the unit would end every
 * process of its control group, and {@code RuntimeDirectoryPreserve=yes}, or it would remove the
 * sockets by which the next daemon finds its guests.
 *
 * <p><b>No stranger is ever killed.</b> Pids are used again, so a process is known by its pid, the
 * moment it started and the boot of the host, and before it is adopted its command line must name
 * the guest.
 *
 * <p><b>How QEMU is ended.</b> QEMU 10.0 with 256 MiB and a qcow2 disk takes 4 to 5 ms from
 * {@code quit}, from SIGTERM or from SIGKILL until it is gone (medians of 6; with 4 GiB, of which 1.2 GiB were in use 5 to
 * 6 ms): what counts is to notice. After a completed migration SIGKILL would lose nothing: before QEMU
 * reports {@code completed} it writes what is left of a qcow2 image's tables, flushes, and inactivates
 * every block node ({@code active} is false in {@code query-named-block-nodes} of QEMU 10.0), and
 * afterwards it makes no write and no flush on SIGTERM either (seen with strace; the image checks clean
 * and the destination reads what was written, both ways). SIGTERM lets QEMU remove its own sockets and
 * costs nothing more; so it comes first, with a short grace for a migrated guest and a long one for a
 * guest whose disks may have writes under way, and SIGKILL is for a QEMU that does not listen.
 */
package dev.godwit.driver.qemu.process;

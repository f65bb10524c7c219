/**
 * Hosts for tests: each one a set of Linux namespaces on a private bridge, with one daemon in it.
 *
 * <pre>
 *   LabNetwork    a bridge in a network namespace of its own; nothing of it is seen outside
 *     HostSpace   namespaces of one host: network, mounts, host name, processes
 *       LabHost   the daemon that runs there: StockLibvirtd or Godwitd
 *   Virsh, GodwitCli    clients, run inside a host
 *   LabGuest, SerialLog the guest, and what it says about itself
 *   LeftOvers           what a host holds: processes, file descriptors, threads, ports, files
 * </pre>
 *
 * <p>A test takes a {@link dev.godwit.lab.host.Lab} as a parameter ({@link
 * dev.godwit.lab.host.LabExtension}); the hosts live as long as the JVM and are shared by all test
 * classes. It needs root, and is skipped with a reason where something is missing, unless
 * {@code -Dgodwit.lab.required=true} turns that into a failure.
 */
package dev.godwit.lab.host;

/**
 * What a simulated world is made of: time that stands still while anybody has something to do, processes that share one thread of
 * the operating system, a network and disks that lose what they may lose. Knows nothing of guests and migrations.
 *
 * <pre>
 *   Scheduler ── picks, by dice, which virtual thread goes on; moves the hands when none can
 *     Process ── a scheduler for the virtual threads of one program, which can be killed with all of them
 *   Network ── connections between processes, each end a SimulatedChannel
 *   Disk ── files of one host
 * </pre>
 *
 * <p>Nothing here has locks: one thread of the operating system runs everything, and a virtual thread gives way only where it parks
 * or yields.
 */
package dev.godwit.lab.simulation.world;

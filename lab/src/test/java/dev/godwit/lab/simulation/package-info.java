/**
 * Two or three hosts, clients, their network and their disks in one thread, from one seed: the real coordinator, client, RPC, daemon,
 * guest rules, journal and recovery, on the simulated driver, while things break.
 *
 * <pre>
 *   Scenario     what a seed wants: hosts, a migration, what breaks and when
 *   World        everything that exists
 *     Site             a host: its power, its disk, its machines
 *       SimulatedDaemon    what runs there, until it is killed
 *     SimulatedClient  drives, or asks for, a migration
 *     Fault            one way in which things break
 *   Simulation   runs a scenario, checks the invariants, mends everything, lets it come to rest, checks again, and
 *                moves the same guest once more
 * </pre>
 */
package dev.godwit.lab.simulation;

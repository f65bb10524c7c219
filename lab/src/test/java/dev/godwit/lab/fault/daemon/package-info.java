/**
 * A godwitd that stops, dies or loses its disk where the lab tells it to. It is the real daemon with the real driver: what is put
 * in comes in by the constructors, as the driver and the journal's file. Nothing here is shipped.
 *
 * <pre>
 *   FaultyDaemon   the program: Daemon.start with one driver
 *     FaultyDriver     QEMU's driver, with what is below around its sides of a migration
 *       FaultySides        a phase is about to be answered; somebody asks, or is asked
 *       FaultyStorage      an entry is about to be written, or is safe on disk
 *         EntryPoints          which {@link dev.godwit.lab.fault.daemon.Point} that is
 *     Points           tells the lab, and does there what it wants
 * </pre>
 */
package dev.godwit.lab.fault.daemon;

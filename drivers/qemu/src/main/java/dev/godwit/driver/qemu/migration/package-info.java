/**
 * How a QEMU guest leaves a host and how it arrives at one, exactly as a stock peer expects it.
 *
 * <pre>
 *   QemuMigrationSource        BEGIN, PERFORM, CONFIRM
 *   QemuMigrationDestination   PREPARE, FINISH
 *   QemuUnmanagedMigration     a guest that is sent to a bare receiver
 *     QemuMigrationSupport     what this release can be asked for
 *     QemuMigrationCookie      what one host tells the other
 *     QemuMigrationStatistics  the figures in it
 *     QemuMigrationUri         where the receiver listens and what the source is told
 *     QemuMigrationReach       the source's way to it, and what is wrong with one that leads nowhere
 *     QemuMigrationTls         encryption by QEMU itself
 *     QemuMigrationCapabilities what QEMU is told to do
 *   QemuJobs                   figures, limits, abort
 * </pre>
 *
 * <p>QEMU is never asked twice whether it is done: it says so in an event, and that event wakes the thread that
 * waits. Every millisecond between the source's last page and the destination's {@code cont} is downtime.
 */
package dev.godwit.driver.qemu.migration;

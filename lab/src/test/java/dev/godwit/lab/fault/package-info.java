/**
 * What becomes of a guest when something dies, breaks or is full at a certain point of its migration: real daemons, real QEMU, one
 * fault or two, and then the whole world on both hosts.
 *
 * <pre>
 *   Rows         which rows there are, and why there are no others
 *     RowRun       one row: migrate, go wrong at the point, repair, wait until it is settled, look, migrate again
 *       Pair         the two hosts and the guest, with a FaultDesk to each daemon
 *       World        what runs where, what is open, what the journals prove
 *       MonitorTaps  when the guest's CPUs ran, from a second monitor of each QEMU
 *     FaultTable   what came of it
 *   FaultTour        all of it ({@code lab/faults}); FaultMatrixTest, a few rows of it
 * </pre>
 */
package dev.godwit.lab.fault;

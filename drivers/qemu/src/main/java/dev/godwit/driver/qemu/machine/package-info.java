/**
 * One QEMU as the machine of a guest: how it is started, spoken to, listened to, ended and found again.
 *
 * <pre>
 *   QemuHypervisor ──start──────► QemuMachine ──commands──► qmp, process
 *        └─ QemuReattach ───────►     ▲
 *                                 QemuMachineEvents ◄──events── qmp
 *                                     └──► MachineEvents of dev.godwit.guest
 * </pre>
 *
 * <p>No locks of its own: what a machine knows is in single volatile fields, and QEMU orders its commands itself.
 */
package dev.godwit.driver.qemu.machine;

/**
 * From the definition of a guest to the command line of QEMU.
 *
 * <p>{@link dev.godwit.driver.qemu.command.CommandLine} is a table: one class for each kind of device, and one
 * for each subject outside {@code <devices>}, in the order in which QEMU is told. The order is libvirt's, because
 * QEMU numbers what it sends in a migration by the order in which devices were made.
 *
 * <p>Every class also says which elements and attributes it understands, as a
 * {@link dev.godwit.driver.qemu.command.Shape}. What no class understands is refused by name, so nothing that a user
 * asked for is left out in silence. To support something new, extend the shape of its class, or add a class and its
 * row.
 */
package dev.godwit.driver.qemu.command;

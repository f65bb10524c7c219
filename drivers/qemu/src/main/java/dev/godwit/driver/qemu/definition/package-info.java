/**
 * The definition of a guest: completed when it comes in, changed when the guest starts, trimmed when it moves.
 *
 * <pre>
 *   what the user wrote ──DefinitionCompleter──► inactive definition        (define, create)
 *   inactive definition ──LiveForm──► live definition                       (start)
 *   live definition ──MigratableForm──► what another host can take          (migration, --migratable)
 * </pre>
 *
 * <p>The result of completion is what a stock libvirt 11.3 makes of the same input, down to the PCI addresses: a
 * guest that leaves for a stock host has there the same machine that it has here. Everything that is
 * not understood stays where it is.
 *
 * <p>Completion works on a {@link dev.godwit.driver.qemu.definition.Draft}: the document outside {@code <devices>},
 * and the devices sorted by kind. Each step is a class that knows one subject.
 */
package dev.godwit.driver.qemu.definition;

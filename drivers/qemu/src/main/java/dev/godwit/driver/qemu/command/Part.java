package dev.godwit.driver.qemu.command;

import java.util.List;

/**
 * A row of the table in {@link CommandLine}: a part of the command line, and the part of the definition it comes
 * from.
 */
interface Part {

    /** The elements that this part understands, below {@code <devices>} or below {@code <domain>}. */
    default List<Shape> shapes() {
        return List.of();
    }

    /**
     * Writes the part.
     *
     * @param guest the guest that starts
     * @param out where to write
     * @throws dev.godwit.domain.VirtException if the definition asks for what this QEMU cannot do
     */
    void append(Guest guest, Arguments out);
}

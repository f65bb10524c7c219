package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.MigrationCommands.GetFd;

/** The way on which QEMU will send a guest. It is there before QEMU is told anything, so that one that leads nowhere costs nothing. */
interface QemuOutlet extends AutoCloseable {

    /**
     * Gives QEMU an open file.
     *
     * @param machine    the QEMU
     * @param descriptor the file's number in this process
     * @return what its commands {@code migrate} and {@code migrate-incoming} are told
     * @throws VirtException if QEMU did not take it
     */
    static String give(QemuMachine machine, int descriptor) {
        machine.ask(new GetFd("migrate"), descriptor);
        return "fd:migrate";
    }

    /**
     * Gives QEMU its end of it.
     *
     * @param machine the guest's QEMU
     * @return what its command {@code migrate} is told
     * @throws VirtException if QEMU did not take it
     */
    String handOver(QemuMachine machine);

    /**
     * QEMU has sent everything; returns when the receiver has it.
     *
     * @throws VirtException if it does not get there
     */
    default void finish() {
        // On a way of its own QEMU sees to that.
    }

    /** Lets go of it here. What QEMU has been given stays QEMU's. */
    @Override
    void close();
}

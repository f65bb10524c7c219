package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.process.SocketDuplicate;
import java.io.IOException;
import java.nio.channels.SocketChannel;

/**
 * A tunnel's own connection, which QEMU gets as an open file: it sends its guest over the daemons' port, and no daemon reads it.
 *
 * @param tunnel     says when the receiver has it
 * @param connection the tunnel's own
 */
record QemuConnectionOutlet(Tunnel tunnel, SocketChannel connection) implements QemuOutlet {

    @Override
    public String handOver(QemuMachine machine) {
        return give(machine, connection);
    }

    /**
     * Gives a QEMU an end of a connection.
     *
     * @return what its commands {@code migrate} and {@code migrate-incoming} are told
     * @throws VirtException if QEMU did not take it
     */
    static String give(QemuMachine machine, SocketChannel connection) {
        try (SocketDuplicate own = SocketDuplicate.of(connection)) {
            return QemuOutlet.give(machine, own.descriptor());
        } catch (IOException e) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "QEMU cannot be given a tunnel's connection: " + e.getMessage(), e);
        }
    }

    @Override
    public void finish() {
        tunnel.finish();
    }

    @Override
    public void close() {
        tunnel.close();
    }
}

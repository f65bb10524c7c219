package dev.godwit.driver.qemu.qmp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** A monitor's channel that can carry an open file to QEMU, for the command {@code getfd}. */
public interface DescriptorChannel extends ByteChannel {

    /**
     * Writes bytes, an open file with the first of them. QEMU gets a descriptor of its own.
     *
     * @param bytes      what to write; all of it
     * @param descriptor the number of the file in this process
     * @throws IOException if it could not be sent
     */
    void write(ByteBuffer bytes, int descriptor) throws IOException;
}

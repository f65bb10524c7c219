package dev.godwit.driver.qemu.process;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** Connects to the serial line of a guest, by what QEMU says it is connected to. */
public final class ConsoleChannels {

    private static final String PTY = "pty:";
    private static final String UNIX = "unix:";

    private ConsoleChannels() {}

    /**
     * Connects.
     *
     * @param alias    the device, for the error message
     * @param filename as {@code query-chardev} names it: {@code pty:/dev/pts/3}, {@code unix:PATH,server=on}
     * @return the guest's output to read, its input to write. Closing it, from any thread, ends a blocked read
     * @throws VirtException 1/10 if it is neither, 38/10 if it cannot be opened
     */
    public static ByteChannel open(String alias, String filename) {
        try {
            if (filename.startsWith(PTY)) {
                return PtyChannel.open(filename.substring(PTY.length()));
            }
            if (filename.startsWith(UNIX)) {
                int options = filename.indexOf(',');
                Path path = Path.of(filename.substring(UNIX.length(), options < 0 ? filename.length() : options));
                return SocketChannel.open(UnixDomainSocketAddress.of(path));
            }
        } catch (IOException e) {
            throw new VirtException(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "Cannot open the console '" + alias + "' of the guest: " + e.getMessage(), e);
        }
        throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                "character device " + alias + " is not using a PTY");
    }
}

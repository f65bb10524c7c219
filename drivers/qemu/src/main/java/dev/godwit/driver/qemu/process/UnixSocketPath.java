package dev.godwit.driver.qemu.process;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The bound that the kernel sets to the path of a Unix socket (unix(7)). */
public final class UnixSocketPath {

    /** The longest path, in bytes, without the zero at its end. */
    public static final int MAX_BYTES = 107;

    private UnixSocketPath() {}

    /**
     * Checks a path before somebody else fails with a worse message.
     *
     * @param path    where a socket is to be
     * @param setting what to set for a shorter one, for example {@code run_dir}
     * @return the path
     * @throws VirtException 67/10 naming the path and the setting, if it is too long
     */
    public static Path checked(Path path, String setting) {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_BYTES) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, "the path of the Unix socket '"
                    + path + "' has " + bytes + " bytes and may have " + MAX_BYTES + "; set " + setting
                    + " to a shorter folder");
        }
        return path;
    }
}

package dev.godwit.driver.qemu.process;

import dev.godwit.driver.qemu.process.Posix.Result;
import java.io.File;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.IntPredicate;

/** The open files of this process. The JDK does not tell which number one of its channels has; it is found by what it is. */
final class OpenFiles {

    private OpenFiles() {}

    /**
     * Another descriptor of an open file, which cannot become another file's while it is used.
     *
     * @param wanted whether a descriptor is of that file; asked with numbers that may not be open any more
     * @return to be closed; empty where no open file is the one
     * @throws IOException if it cannot be duplicated
     */
    static OptionalInt duplicate(IntPredicate wanted) throws IOException {
        String[] open = new File("/proc/self/fd").list();
        for (String number : open == null ? new String[0] : open) {
            int candidate = Integer.parseInt(number);
            if (!wanted.test(candidate)) {
                continue;
            }
            Result copy = SocketCalls.duplicate(candidate);
            if (copy.failed()) {
                throw copy.asException("Cannot duplicate descriptor " + candidate);
            }
            // It may have been closed, and its number given away, in between.
            if (wanted.test((int) copy.value())) {
                return OptionalInt.of((int) copy.value());
            }
            Posix.close((int) copy.value());
        }
        return OptionalInt.empty();
    }
}

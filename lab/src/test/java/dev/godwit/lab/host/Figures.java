package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory of a process, in MiB. */
public final class Figures {

    private Figures() {}

    /**
     * What is resident now.
     *
     * @param process its id, as seen from outside
     * @return MiB
     */
    public static long residentMiB(long process) {
        return line(process, "VmRSS:");
    }

    /**
     * The most that was resident since {@link #forgetMost}.
     *
     * @param process its id, as seen from outside
     * @return MiB
     */
    public static long mostResidentMiB(long process) {
        return line(process, "VmHWM:");
    }

    /**
     * Lets {@link #mostResidentMiB} begin anew.
     *
     * @param process its id, as seen from outside
     */
    public static void forgetMost(long process) {
        try {
            Files.writeString(Path.of("/proc/" + process + "/clear_refs"), "5");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long line(long process, String name) {
        try {
            return Files.readAllLines(Path.of("/proc/" + process + "/status")).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024)
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

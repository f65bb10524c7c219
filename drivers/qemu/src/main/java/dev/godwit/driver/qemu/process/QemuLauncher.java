package dev.godwit.driver.qemu.process;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Starts QEMU so that it outlives this daemon, and finds again what an earlier daemon started.
 *
 * <p>A QEMU started here leads a session and a process group of its own (by {@code setsid} of
 * util-linux, which becomes QEMU and so keeps the pid), has no terminal, reads from {@code /dev/null},
 * writes to its log, works in {@code /}, and inherits no other file: Java opens every file so that it is
 * closed in a child, and closes what is left before it runs the program.
 *
 * <p>It is a child of this process, which so learns of its end at once and leaves no zombie. When this
 * process ends, init takes over; the next daemon {@linkplain #adopt adopts} it.
 */
public final class QemuLauncher {

    private final Path setsid;
    private final SequencedMap<String, String> environment;
    private final ProcFs procFs;

    /**
     * The launcher of this host.
     *
     * @param setsid      the program of that name, usually {@code /usr/bin/setsid}
     * @param environment what QEMU's environment consists of, apart from {@code LC_ALL=C}; usually {@code PATH}
     *                    and {@code HOME}
     * @param procFs      where processes are looked at
     */
    public QemuLauncher(Path setsid, SequencedMap<String, String> environment, ProcFs procFs) {
        this.setsid = setsid;
        var complete = new LinkedHashMap<String, String>();
        complete.put("LC_ALL", "C"); // Its messages are shown to people and compared by programs.
        complete.putAll(environment);
        this.environment = complete;
        this.procFs = procFs;
    }

    /**
     * The launcher with the usual program and the PATH and HOME of a variable set.
     *
     * @param variables where they are taken from, usually {@link System#getenv()}
     * @return the launcher
     */
    public static QemuLauncher usual(Map<String, String> variables) {
        var environment = new LinkedHashMap<String, String>();
        environment.put("PATH", variables.getOrDefault("PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
        environment.put("HOME", variables.getOrDefault("HOME", "/"));
        return new QemuLauncher(Path.of("/usr/bin/setsid"), environment, new ProcFs());
    }

    /**
     * Starts QEMU. Returns when the process exists, which is before it has read its command line.
     *
     * @param command  the program, by its whole path, and its arguments
     * @param log      takes the command line and what QEMU prints
     * @param sentence the log's first line, for example {@code starting up godwit 0.1.0}
     * @return the process
     * @throws VirtException 38/10 if the program cannot be run or the log cannot be written
     */
    public QemuProcess start(List<String> command, QemuLog log, String sentence) {
        try {
            log.begin(sentence, environment, command);
        } catch (UncheckedIOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    e.getMessage() + ": " + e.getCause().getMessage());
        }
        File program = new File(command.getFirst());
        if (!program.canExecute()) {
            // setsid would only say so in the log.
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU, "Cannot find the emulator '" + program
                    + "', or it may not be run");
        }
        var words = new ArrayList<String>();
        words.add(setsid.toString());
        words.addAll(command);
        var builder = new ProcessBuilder(words)
                .directory(new File("/"))
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log.file().toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        try {
            Process child = builder.start();
            return QemuProcess.child(child, procFs, log);
        } catch (IOException e) {
            throw new VirtException(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "Cannot run the emulator '" + program + "': " + e.getMessage(), e);
        }
    }

    /**
     * Finds again a QEMU that was started before.
     *
     * @param identity who it was
     * @param marker   what one of its arguments must contain: the guest's UUID
     * @param log      its log
     * @return the process; empty if it has ended, or is another one
     */
    public Optional<QemuProcess> adopt(ProcessIdentity identity, String marker, QemuLog log) {
        boolean same = identity.bootId().equals(procFs.bootId())
                && procFs.isAlive(identity)
                && procFs.commandLine(identity.pid()).orElse(List.of()).stream().anyMatch(w -> w.contains(marker));
        return same ? Optional.of(QemuProcess.adopted(identity, procFs, log)) : Optional.empty();
    }
}

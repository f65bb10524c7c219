package dev.godwit.driver.qemu.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The log of one guest: for every start a line with the time, the command line, and then whatever QEMU
 * prints. QEMU writes to the file itself; this class writes in between and reads the end for error
 * messages.
 *
 * <p>A log of more than {@value #ROTATE_BYTES} bytes is put aside at the next start, as {@code NAME.log.0};
 * three of those are kept.
 */
public final class QemuLog {

    /** The size from which on a log is put aside at the next start, in bytes. */
    public static final long ROTATE_BYTES = 2 << 20;

    /** How much of QEMU's words goes into an error message, in bytes. */
    private static final int TAIL_BYTES = 1024;

    private static final int KEPT = 3;

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSxx", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final InstantSource clock;
    private volatile long outputFrom;

    /**
     * The log in a file.
     *
     * @param file  the file; made when something is written
     * @param clock for the time in front of a line
     */
    public QemuLog(Path file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /**
     * The file.
     *
     * @return its path
     */
    public Path file() {
        return file;
    }

    /**
     * Begins a start: puts a large log aside, then writes the time, a sentence and the command line, one
     * argument a line, in a form that a shell takes.
     *
     * @param sentence    what begins, for example {@code starting up godwit 0.1.0, QEMU 10.0.2}
     * @param environment the environment QEMU gets
     * @param command     the program and its arguments
     * @throws UncheckedIOException if the log cannot be written
     */
    void begin(String sentence, Map<String, String> environment, List<String> command) {
        var text = new StringBuilder(stamp()).append(sentence).append('\n');
        environment.forEach((name, value) -> text.append(name).append('=').append(quoted(value)).append(" \\\n"));
        for (int i = 0; i < command.size(); i++) {
            boolean newLine = i + 1 < command.size() && (command.get(i + 1).startsWith("-") || i == 0);
            text.append(quoted(command.get(i))).append(i + 1 == command.size() ? "\n" : newLine ? " \\\n" : " ");
        }
        try {
            rotate();
            append(text.toString());
            outputFrom = Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the log " + file, e);
        }
    }

    /**
     * Writes a line with the time in front, for example {@code shutting down, reason=migrated}. A log that
     * cannot be written is not worth failing for.
     *
     * @param sentence the line
     */
    public void note(String sentence) {
        try {
            append(stamp() + sentence + "\n");
        } catch (IOException e) {
            System.getLogger(QemuLog.class.getName()).log(System.Logger.Level.WARNING,
                    "Cannot write the log " + file, e);
        }
    }

    /**
     * The last that QEMU printed since its start, for an error message: at most {@value #TAIL_BYTES} bytes
     * and whole lines, without the lines every QEMU prints. Of a QEMU that another daemon started, the last
     * that the log holds.
     *
     * @return the text, without a line break at its end; empty if there is none
     */
    public Optional<String> tail() {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long end = channel.size();
            long from = Math.max(Math.min(outputFrom, end), end - TAIL_BYTES);
            ByteBuffer bytes = ByteBuffer.allocate((int) (end - from));
            while (bytes.hasRemaining() && channel.read(bytes, from + bytes.position()) > 0) {
                continue;
            }
            String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            if (from > outputFrom) {
                text = text.substring(text.indexOf('\n') + 1); // The first line was cut.
            }
            String words = String.join("\n", text.lines().filter(QemuLog::isWorthTelling).toList()).strip();
            return words.isEmpty() ? Optional.empty() : Optional.of(words);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isWorthTelling(String line) {
        return !line.startsWith("char device redirected to ") && !line.isBlank()
                && !line.matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\+0000: .*");
    }

    private void append(String text) throws IOException {
        if (!Files.exists(file)) {
            try {
                Files.createFile(file, OWNER_ONLY); // A command line is nobody else's business.
            } catch (FileAlreadyExistsException somebodyWasFaster) {
                // Then it is there.
            }
        }
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }

    private void rotate() throws IOException {
        if (!Files.exists(file) || Files.size(file) < ROTATE_BYTES) {
            return;
        }
        for (int i = KEPT - 1; i >= 0; i--) {
            Path from = i == 0 ? file : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    private String stamp() {
        return TIME.format(clock.instant()) + ": ";
    }

    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}

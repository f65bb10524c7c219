package dev.godwit.lab.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second monitor of one QEMU, which no daemon knows: QEMU writes its events there, with the time at which it sent them, and answers
 * what it is asked. So it is known from QEMU itself when the processors of this copy of a guest ran.
 *
 * <p>Not safe for use by several threads.
 */
public final class QemuTap implements AutoCloseable {

    private static final Pattern STAMP = Pattern.compile("\"seconds\": (\\d+), \"microseconds\": (\\d+)");
    private static final Pattern EVENT = Pattern.compile("\"event\": \"(RESUME|STOP)\"");
    private static final Pattern ANSWER = Pattern.compile("\"return\": .*\"running\": (true|false)");

    /** In a folder of its own; a question for capabilities has no -name, and gets no tap. */
    private static final String EMULATOR = """
            #!/bin/bash
            for word in "$@"; do
                if [[ $word == guest=* ]]; then
                    name=${word#guest=}
                    name=${name%%%%,*}
                fi
            done
            if [ -z "${name-}" ]; then
                exec %1$s "$@"
            fi
            tap=%2$s/$name.$(hostname).$$
            mkfifo "$tap.in"
            exec {kept}<>"$tap.in"
            printf '{"execute":"qmp_capabilities"}\\n' >&$kept
            exec %1$s "$@" \\
                -chardev "file,id=tap,path=$tap.events,input-path=$tap.in" -mon chardev=tap,mode=control
            """;

    /** So long may processors take to stand after QEMU has begun to say that they do. */
    private static final double TO_STOP_SECONDS = 60;

    private final Path events;
    private final String guest;
    private final String host;
    private final List<Stretch> stretches = new ArrayList<>();
    private final RandomAccessFile questions;
    private long read;
    private String rest = "";
    private boolean alive = true;
    private double lastSeen;
    /** Since when QEMU says that it does not run, without having said STOP. */
    private double saidToStandAt = Double.NaN;

    /**
     * A time in which the processors ran.
     *
     * @param host where
     * @param from seconds since 1970
     * @param to   seconds since 1970; infinite while they run
     */
    record Stretch(String host, double from, double to) {

        boolean isOpen() {
            return Double.isInfinite(to);
        }
    }

    /** The tap behind a file that QEMU has made. */
    QemuTap(Path events) {
        this.events = events;
        String[] parts = events.getFileName().toString().split("\\.");
        guest = parts[0];
        host = parts[1];
        try {
            // For reading, too: whoever only writes waits for a reader.
            questions = new RandomAccessFile(events.toString().replaceFirst("\\.events$", ".in"), "rw");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes a program that starts QEMU with a tap.
     *
     * @param folder where it and the taps go
     * @param qemu   the path of QEMU
     * @return the program
     */
    public static Path emulator(Path folder, String qemu) {
        try {
            Files.createDirectories(folder);
            Path program = Files.writeString(folder.resolve("qemu-with-tap"), EMULATOR.formatted(qemu, folder));
            Files.setPosixFilePermissions(program, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String guest() {
        return guest;
    }

    String host() {
        return host;
    }

    /** The file, by which the process is known, too: it is on its command line. */
    Path events() {
        return events;
    }

    boolean isAlive() {
        return alive;
    }

    /** When its processors ran, in order. */
    List<Stretch> stretches() {
        return stretches;
    }

    boolean runs() {
        return !stretches.isEmpty() && stretches.getLast().isOpen();
    }

    /** Asks QEMU whether the processors run; the answer is read by a later {@link #read}. */
    void ask() {
        try {
            questions.write("{\"execute\":\"query-status\"}\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads what QEMU has written meanwhile.
     *
     * @param now seconds since 1970, from before it was looked whether the process lives
     * @param living whether it does
     * @throws AssertionError if what QEMU answers does not go with its events, or it died while the processors ran
     */
    void read(double now, boolean living) {
        if (!alive) {
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(events.toFile(), "r")) {
            file.seek(read);
            byte[] more = new byte[(int) (file.length() - read)];
            file.readFully(more);
            read += more.length;
            rest += new String(more, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        int end = rest.lastIndexOf('\n') + 1;
        rest.substring(0, end).lines().forEach(line -> line(line, now));
        rest = rest.substring(end);
        if (living) {
            lastSeen = now;
            return;
        }
        alive = false;
        if (runs()) {
            stopped(lastSeen);
            throw new AssertionError("The QEMU of " + guest + " on " + host + " died while the guest ran; " + events);
        }
    }

    private void line(String line, double now) {
        Matcher event = EVENT.matcher(line);
        if (event.find()) {
            Matcher stamp = STAMP.matcher(line);
            if (!stamp.find()) {
                throw new AssertionError("An event without a time: " + line);
            }
            double at = Long.parseLong(stamp.group(1)) + Long.parseLong(stamp.group(2)) / 1e6;
            if (event.group(1).equals("STOP")) {
                stopped(at);
            } else if (!runs()) {
                stretches.add(new Stretch(host, at, Double.POSITIVE_INFINITY));
            }
            return;
        }
        Matcher answer = ANSWER.matcher(line);
        if (answer.find()) {
            answered(Boolean.parseBoolean(answer.group(1)), now);
        }
    }

    /**
     * RESUME comes before QEMU says that it runs. STOP comes last, when all processors stand, which takes its time where the machine is
     * busy; it is a contradiction only if it does not come at all.
     */
    private void answered(boolean running, double now) {
        if (running == runs()) {
            saidToStandAt = Double.NaN;
            return;
        }
        if (Double.isNaN(saidToStandAt)) {
            saidToStandAt = now;
        }
        if (running || now - saidToStandAt > TO_STOP_SECONDS) {
            throw new AssertionError("QEMU on " + host + " says of " + guest + " that running is " + running
                    + ", which its events do not; " + events);
        }
    }

    private void stopped(double at) {
        saidToStandAt = Double.NaN;
        if (runs()) {
            Stretch open = stretches.removeLast();
            stretches.add(new Stretch(host, open.from(), at));
        }
    }

    @Override
    public void close() {
        try {
            questions.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "QEMU of " + guest + " on " + host + " (" + events.getFileName() + ")";
    }
}

package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a guest wrote to its serial port, and whether its heartbeat broke.
 *
 * <p>The file is the guest's whole life: every host it runs on appends to it. A beat that is
 * missing, comes twice or starts again from one, a kernel's last words, or a damaged piece of memory
 * all show here.
 *
 * @param file where it goes
 */
public record SerialLog(Path file) {

    private static final Pattern BEAT = Pattern.compile("beat (\\d+) up (\\d+\\.\\d+)");
    private static final Pattern TROUBLE =
            Pattern.compile("damaged slot|disk failed|Kernel panic|Oops:|BUG: |general protection");

    /** A beat can come late, and a boot take long, on a machine with ten times more to do than it can. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    /**
     * One beat.
     *
     * @param count starts at one and grows by one
     * @param uptime of the guest's kernel, in seconds
     */
    public record Beat(long count, double uptime) {}

    /**
     * All beats so far, in the order they came.
     *
     * @return the beats; a line that is only half written yet is left out
     */
    public List<Beat> beats() {
        List<Beat> beats = new ArrayList<>();
        for (String line : lines()) {
            Matcher beat = BEAT.matcher(line);
            if (beat.matches()) {
                beats.add(new Beat(Long.parseLong(beat.group(1)), Double.parseDouble(beat.group(2))));
            }
        }
        return beats;
    }

    /**
     * The last beat.
     *
     * @return empty before the first
     */
    public Optional<Beat> last() {
        List<Beat> beats = beats();
        return beats.isEmpty() ? Optional.empty() : Optional.of(beats.getLast());
    }

    /** Waits until the guest has booted and beats. */
    public void awaitLife() {
        Await.until("a heartbeat in " + file + ", which holds:\n" + text(), PATIENCE, () -> last().isPresent());
    }

    /**
     * Waits for beats that come from now on.
     *
     * @param more how many
     */
    public void awaitBeats(int more) {
        long before = last().map(Beat::count).orElse(0L);
        Await.until(
                more + " more beats after number " + before + " in " + file,
                PATIENCE,
                () -> last().map(Beat::count).orElse(0L) >= before + more);
    }

    /**
     * Fails the test if the heartbeat broke at any time since the guest was booted.
     *
     * @throws AssertionError with the lines that show it
     */
    public void assertUnbroken() {
        problem(lines()).ifPresent(problem -> {
            throw new AssertionError("The guest of " + file + " broke: " + problem + "\n" + text());
        });
    }

    /** What is wrong with a guest that wrote these lines. */
    static Optional<String> problem(List<String> lines) {
        long count = 0;
        double uptime = 0;
        boolean ready = false;
        for (String line : lines) {
            if (TROUBLE.matcher(line).find()) {
                return Optional.of(line);
            }
            if (line.equals("ready")) {
                if (ready) {
                    return Optional.of("it booted again after beat " + count);
                }
                ready = true;
            }
            Matcher beat = BEAT.matcher(line);
            if (!beat.matches()) {
                continue;
            }
            if (Long.parseLong(beat.group(1)) != count + 1) {
                return Optional.of("after beat " + count + " came \"" + line + "\"");
            }
            count++;
            if (Double.parseDouble(beat.group(2)) < uptime) {
                return Optional.of("its clock went back from " + uptime + " at \"" + line + "\"");
            }
            uptime = Double.parseDouble(beat.group(2));
        }
        return count == 0 ? Optional.of("it never beat") : Optional.empty();
    }

    /**
     * Everything the guest wrote.
     *
     * @return the text; empty before the file exists
     */
    public String text() {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException notYet) {
            return "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> lines() {
        String text = text();
        return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(String::strip).toList();
    }
}

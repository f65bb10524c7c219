package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A recording of what crosses a bridge. End it before looking into it. */
public final class Capture implements AutoCloseable {

    private final Path file;
    private final Path log;
    private final Process recorder;
    private boolean ended;

    Capture(Path file, Path log, Process recorder) {
        this.file = file;
        this.log = log;
        this.recorder = recorder;
    }

    /**
     * Ends the recording.
     *
     * @return this
     * @throws AssertionError if it has gaps
     */
    public Capture end() {
        if (!ended) {
            ended = true;
            LabNetwork.finish(log, recorder);
        }
        return this;
    }

    /**
     * How much was recorded.
     *
     * @return bytes
     */
    public long size() {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Whether a text is anywhere in the recording.
     *
     * @param text ASCII; repeat it often at the sender, because one that is split between two packets is not found
     * @return whether it is there
     */
    public boolean holds(String text) {
        byte[] wanted = text.getBytes(StandardCharsets.US_ASCII);
        try (FileChannel channel = FileChannel.open(file)) {
            var bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            for (int at = 0; at <= bytes.limit() - wanted.length; at++) {
                int match = 0;
                while (match < wanted.length && bytes.get(at + match) == wanted[match]) {
                    match++;
                }
                if (match == wanted.length) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            Commands.kill(recorder.toHandle());
        }
        file.toFile().delete();
    }
}

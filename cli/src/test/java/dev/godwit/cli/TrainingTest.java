package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.command.Streams;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TrainingTest {

    @Test
    @Timeout(60)
    void goesAllTheWayOfEachCommandAndPrintsNothing() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        int status = Training.run(new Streams(
                InputStream.nullInputStream(), stream, stream, () -> false, () -> false, () -> false));
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(status).isZero();
    }
}

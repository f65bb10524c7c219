package dev.godwit.client.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandDialerTest {

    private static ByteChannel sh(String script) throws Exception {
        return new CommandDialer(List.of("sh", "-c", script), Map.of("WORD", "env")).dial();
    }

    private static String all(ByteChannel channel) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(100);
        while (channel.read(buffer) >= 0) {
            // until its end
        }
        return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
    }

    /** Far more than pipes hold, at the same time both ways; on virtual threads, as the daemon does it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsWrittenComesBackWhole(boolean direct) throws Exception {
        byte[] bytes = new byte[3_000_000];
        new Random(1).nextBytes(bytes);
        try (ByteChannel channel = sh("cat")) {
            CompletableFuture<Void> writing = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    ByteBuffer source = direct ? ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()
                            : ByteBuffer.wrap(bytes);
                    ByteBuffer head = source.slice(0, 28);
                    ((GatheringByteChannel) channel).write(new ByteBuffer[] {head, source.slice(28, bytes.length - 28)});
                    writing.complete(null);
                } catch (Throwable e) {
                    writing.completeExceptionally(e);
                }
            });
            ByteBuffer back = direct ? ByteBuffer.allocateDirect(bytes.length) : ByteBuffer.allocate(bytes.length);
            while (back.hasRemaining()) {
                assertThat(channel.read(back)).isPositive();
            }
            writing.get(10, TimeUnit.SECONDS);
            byte[] got = new byte[bytes.length];
            back.flip().get(got);
            assertThat(got).isEqualTo(bytes);
        }
    }

    @Test
    void itsComplaintsAreTheReason() throws Exception {
        try (ByteChannel channel = sh("echo Host key verification failed. >&2; echo really >&2; exit 255")) {
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(CommandEndedException.class)
                    .hasMessage("Host key verification failed.; really");
        }
        try (ByteChannel channel = sh("exit 3")) {
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).hasMessage("sh ended with exit code 3");
        }
    }

    @Test
    void anEndAfterABeginningIsAnEnd() throws Exception {
        try (ByteChannel channel = sh("echo Warning >&2; printf $WORD")) {
            assertThat(all(channel)).isEqualTo("env");
        }
        try (ByteChannel channel = sh("printf half; echo Connection reset >&2; exit 255")) {
            assertThatThrownBy(() -> all(channel)).hasMessage("Connection reset");
        }
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> new CommandDialer(List.of("/no/such/ssh"), Map.of()).dial())
                .hasMessageContaining("/no/such/ssh");
    }

    @Test
    void closingWakesTheReaderAndLeavesNoProcess() throws Exception {
        ByteChannel channel = sh("sleep 1000; true");
        long pid = Long.parseLong(channel.toString().replaceAll(".* ", ""));
        CompletableFuture<Object> end = new CompletableFuture<>();
        Thread.ofPlatform().start(() -> {
            try {
                end.complete(channel.read(ByteBuffer.allocate(1)));
            } catch (Throwable e) {
                end.completeExceptionally(e);
            }
        });
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        channel.close();
        assertThatThrownBy(() -> end.get(10, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ClosedChannelException.class);
        process.onExit().orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(process.isAlive()).isFalse();
        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }
}

package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.driver.Waiting;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PendingTest {

    private static <T> Pending<T> start(java.util.concurrent.Callable<T> work) {
        return Pending.start(Thread.ofVirtual(), Waiting.REAL, work);
    }

    @Test
    void waitsForTheEndOrForAWhile() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        Pending<String> pending = start(() -> {
            mayEnd.await();
            return "done";
        });

        assertThat(pending.await(Duration.ofMillis(1).toNanos())).isFalse();
        assertThat(pending.isOver()).isFalse();
        mayEnd.countDown();
        assertThat(pending.await(Long.MAX_VALUE)).isTrue();
        assertThat(pending.isOver()).isTrue();
        assertThat(pending.get()).isEqualTo("done");
    }

    @Test
    void tellsWhatWasThrown() {
        Pending<String> pending = start(() -> {
            throw new IOException("broken");
        });

        assertThatThrownBy(pending::get).isInstanceOf(ExecutionException.class)
                .cause().isInstanceOf(IOException.class).hasMessage("broken");
    }

    @Test
    void whoeverWaitsCanBeInterrupted() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        Pending<Void> pending = start(() -> {
            mayEnd.await();
            return null;
        });

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> pending.await(Long.MAX_VALUE)).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(pending::get).isInstanceOf(InterruptedException.class);
        mayEnd.countDown();
        assertThat(pending.get()).isNull();
    }
}

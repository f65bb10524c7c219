package dev.godwit.daemon.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.Waiting;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PresenceTest {

    private static final Duration LONG = Duration.ofMinutes(10);

    private final Presence presence = new Presence(Waiting.REAL);

    @Test
    void onlyWhoSaidThatHeAnswersIsAsked() {
        assertThat(presence.mayBeAsked()).isFalse();
        presence.canAnswer();
        assertThat(presence.mayBeAsked()).isTrue();
    }

    @Test
    void theAnswerToAnEarlierQuestionIsNone() throws Exception {
        presence.asked();
        long now = presence.asked();
        CompletableFuture<Boolean> there = CompletableFuture.supplyAsync(() -> presence.await(now, LONG));

        presence.answered();
        assertThat(presence.await(now, Duration.ofMillis(20))).isFalse();
        assertThat(there).isNotDone();

        presence.answered();
        assertThat(there.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(presence.await(now, Duration.ZERO)).isTrue();
    }

    @Test
    void nobodyIsThereWhenTheConnectionHasEnded() throws Exception {
        long now = presence.asked();
        CompletableFuture<Boolean> there = CompletableFuture.supplyAsync(() -> presence.await(now, LONG));
        presence.end();
        assertThat(there.get(20, TimeUnit.SECONDS)).isFalse();

        presence.answered();
        assertThat(presence.await(now, LONG)).as("it has answered, and has gone since").isFalse();
    }
}

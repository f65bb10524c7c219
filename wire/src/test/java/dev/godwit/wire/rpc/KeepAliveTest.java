package dev.godwit.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeepAliveTest {

    private static final Header PING = new Header(0x6b656570, 1, 1, 2, 0, 0);
    private static final Header PONG = new Header(0x6b656570, 1, 2, 2, 0, 0);
    private static final Header EVENT = new Header(0x20008086, 1, 318, 2, 1, 0);

    private final HandTimer timer = new HandTimer();
    private final List<Header> sent = new ArrayList<>();
    private final List<Long> dead = new ArrayList<>();
    private final KeepAlive keepAlive = new KeepAlive(
            timer, frame -> sent.add(frame.header()), () -> dead.add(timer.nanoTime() / 1_000_000_000));

    @Test
    void answersPingEvenBeforeItSendsAny() {
        assertThat(keepAlive.received(PING)).isTrue();
        assertThat(sent).containsExactly(PONG);
        timer.advance(Duration.ofHours(1));
        assertThat(sent).hasSize(1);
    }

    @Test
    void leavesOtherMessagesAlone() {
        assertThat(keepAlive.received(EVENT)).isFalse();
        assertThat(keepAlive.received(PONG)).isTrue();
        assertThat(sent).isEmpty();
    }

    @Test
    void pingsAfterSilenceAndGivesUpAfterTheLastUnanswered() {
        keepAlive.start(Duration.ofSeconds(5), 3);
        timer.advance(Duration.ofMillis(4_999));
        assertThat(sent).isEmpty();
        timer.advance(Duration.ofMillis(1));
        assertThat(sent).containsExactly(PING);
        timer.advance(Duration.ofSeconds(10));
        assertThat(sent).containsExactly(PING, PING, PING);
        timer.advance(Duration.ofMillis(4_999));
        assertThat(dead).isEmpty();
        timer.advance(Duration.ofMillis(1));
        // interval * (count + 1), as the protocol has it.
        assertThat(dead).containsExactly(20L);
        timer.advance(Duration.ofHours(1));
        assertThat(dead).hasSize(1);
        assertThat(sent).hasSize(3);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void anyMessageCountsAsAnAnswer() {
        keepAlive.start(Duration.ofSeconds(5), 1);
        for (int i = 0; i < 20; i++) {
            timer.advance(Duration.ofSeconds(8));
            keepAlive.received(i % 2 == 0 ? EVENT : PONG);
        }
        assertThat(dead).isEmpty();
        assertThat(sent).hasSizeGreaterThanOrEqualTo(10).containsOnly(PING);
        timer.advance(Duration.ofSeconds(10));
        assertThat(dead).hasSize(1);
    }

    @Test
    void noPingWhileMessagesCome() {
        keepAlive.start(Duration.ofSeconds(5), 1);
        for (int i = 0; i < 20; i++) {
            timer.advance(Duration.ofSeconds(4));
            keepAlive.received(EVENT);
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void theOtherSideIsNotBlamedWhileWeDoNotRead() {
        keepAlive.start(Duration.ofSeconds(5), 1);
        keepAlive.reading(false);
        timer.advance(Duration.ofMinutes(5));
        assertThat(dead).isEmpty();
        keepAlive.reading(true);
        timer.advance(Duration.ofSeconds(15));
        assertThat(dead).hasSize(1);
    }

    @Test
    void closedItStaysSilent() {
        keepAlive.start(Duration.ofSeconds(5), 1);
        keepAlive.close();
        timer.advance(Duration.ofHours(1));
        assertThat(sent).isEmpty();
        assertThat(dead).isEmpty();
    }

    @Test
    void anIntervalOfMinusOneSwitchesItOff() {
        keepAlive.start(Duration.ofSeconds(-1), 5);
        assertThat(timer.waiting()).isZero();
    }

    @Test
    void pingAndPongHaveNoBody() {
        List<Frame> frames = new ArrayList<>();
        KeepAlive other = new KeepAlive(timer, frames::add, () -> { });
        other.received(PING);
        assertThat(frames.getFirst().length()).isEqualTo(28);
    }
}

package dev.godwit.daemon.net;

import static dev.godwit.daemon.net.Keepalive.Step.DEAD;
import static dev.godwit.daemon.net.Keepalive.Step.PING;
import static dev.godwit.daemon.net.Keepalive.Step.WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeepaliveTest {

    @Test
    void asksNobodyWhoDidNotAskForIt() {
        assertThat(new Keepalive(5, 5).step(seconds(1000))).isEqualTo(WAIT);
    }

    @Test
    void givesUpAfterIntervalTimesCountPlusOne() {
        Keepalive keepalive = new Keepalive(5, 2);
        keepalive.start(0);

        List<String> said = new ArrayList<>();
        for (int second = 1; second <= 15; second++) {
            Keepalive.Step step = keepalive.step(seconds(second));
            if (step != WAIT) {
                said.add(second + " " + step);
            }
        }

        assertThat(said).containsExactly("5 PING", "10 PING", "15 DEAD");
    }

    @Test
    void anyMessageIsASignOfLife() {
        Keepalive keepalive = new Keepalive(5, 1);
        keepalive.start(0);

        assertThat(keepalive.step(seconds(5))).isEqualTo(PING);
        keepalive.received(seconds(6));
        assertThat(keepalive.step(seconds(10))).isEqualTo(WAIT);
        assertThat(keepalive.step(seconds(11))).isEqualTo(PING);
        assertThat(keepalive.step(seconds(16))).isEqualTo(DEAD);
    }

    @Test
    void minusOneNeverAsks() {
        Keepalive keepalive = new Keepalive(-1, 5);
        keepalive.start(0);

        assertThat(keepalive.step(seconds(100_000))).isEqualTo(WAIT);
    }

    private static long seconds(int n) {
        return Duration.ofSeconds(n).toNanos();
    }
}

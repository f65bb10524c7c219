package dev.godwit.lab.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The judge is judged first: it sees every way in which a guest can break. */
class SerialLogTest {

    @Test
    void anUnbrokenLifeIsAccepted() {
        assertThat(SerialLog.problem(List.of("SeaBIOS", "ready", "beat 1 up 2.50", "beat 2 up 3.51", "heard hello", "beat 3 up 3.51")))
                .isEmpty();
    }

    @Test
    void aGuestThatNeverBeatIsBroken() {
        assertThat(SerialLog.problem(List.of("SeaBIOS", "ready"))).hasValue("it never beat");
    }

    @Test
    void aMissingBeatIsSeen() {
        assertThat(SerialLog.problem(List.of("beat 1 up 2.50", "beat 3 up 4.50")))
                .hasValue("after beat 1 came \"beat 3 up 4.50\"");
    }

    @Test
    void aBeatThatCameTwiceIsSeen() {
        // As it would look if the guest ran on both hosts.
        assertThat(SerialLog.problem(List.of("beat 1 up 2.50", "beat 2 up 3.50", "beat 2 up 3.50")))
                .hasValue("after beat 2 came \"beat 2 up 3.50\"");
    }

    @Test
    void aSecondBootIsSeen() {
        assertThat(SerialLog.problem(List.of("ready", "beat 1 up 2.50", "ready", "beat 1 up 2.50")))
                .hasValue("it booted again after beat 1");
    }

    @Test
    void aClockThatWentBackIsSeen() {
        assertThat(SerialLog.problem(List.of("beat 1 up 2.50", "beat 2 up 2.49"))).isPresent();
    }

    @Test
    void damageAndPanicAreSeen() {
        assertThat(SerialLog.problem(List.of("beat 1 up 2.50", "damaged slot 4 at beat 1"))).isPresent();
        assertThat(SerialLog.problem(List.of("beat 1 up 2.50", "[ 9.1] Kernel panic - not syncing: Fatal exception")))
                .isPresent();
    }
}

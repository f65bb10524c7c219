package dev.godwit.cli.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.cli.command.CommandFailed;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorCommandTest {

    @Test
    void wordsBecomeACommand() {
        assertThat(MonitorCommand.qmp(List.of("query-status"))).isEqualTo("{\"execute\":\"query-status\"}");
        assertThat(MonitorCommand.qmp(List.of("{\"execute\":", "\"stop\"}"))).isEqualTo("{\"execute\": \"stop\"}");
        assertThat(MonitorCommand.qmp(List.of("a", "{\"b\":1}")))
                .isEqualTo("{\"execute\":\"a\",\"arguments\":{\"b\":1}}");
        assertThat(MonitorCommand.qmp(List.of("a", "\"b\":1", "\"c\":\"d\"")))
                .isEqualTo("{\"execute\":\"a\",\"arguments\":{\"b\":1,\"c\":\"d\"}}");
        assertThatExceptionOfType(CommandFailed.class).isThrownBy(() -> MonitorCommand.qmp(List.of("a", "b")))
                .withMessage("failed to wrap arguments 'b' into a QMP command wrapper");
    }

    @Test
    void cpusAreRanges() {
        assertThat(CpuCommands.ranges(List.of(true, true, false, true, false, true, true, true))).isEqualTo("0-1,3,5-7");
        assertThat(CpuCommands.ranges(List.of())).isEmpty();
    }
}

package dev.godwit.driver.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.godwit.domain.VirtException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * With a real QEMU, where there is one: {@code -Dgodwit.test.qemu=PATH} names another than the host's.
 *
 * <p>{@code -Dgodwit.test.record=src/test/resources/qmp/scenes/10.0} records the scenes of
 * {@link RecordedConversationsTest} anew.
 */
@Tag("qemu")
class LiveConversationsTest extends Conversations {

    private static String qemu() {
        String qemu = System.getProperty("godwit.test.qemu", "/usr/bin/qemu-system-x86_64");
        assumeTrue(Files.isExecutable(Path.of(qemu)), "There is no " + qemu + " here.");
        return qemu;
    }

    @Override
    Stage stage(String name) {
        return new LiveStage(qemu(), dir, Optional.ofNullable(System.getProperty("godwit.test.record"))
                .map(folder -> Path.of(folder).resolve(name + ".json")));
    }

    @Test
    void aQemuThatCannotStartSaysWhy() {
        try (var stage = new LiveStage(qemu(), dir, Optional.empty())) {
            assertThatThrownBy(() -> stage.open("web1", List.of("-machine", "no-such-machine"), QmpListener.NONE))
                    .satisfiesAnyOf(
                            e -> assertThat(e).isInstanceOf(VirtException.class)
                                    .hasMessageContaining("process exited while connecting to monitor"),
                            e -> assertThat(e).isInstanceOf(QmpException.Disconnected.class)
                                    .hasMessageContaining("qemu unexpectedly closed the monitor"))
                    .hasMessageContaining("unsupported machine type");
        }
    }

    @Test
    void aQemuThatIsKilledEndsTheConversation() throws Exception {
        try (var stage = new LiveStage(qemu(), dir, Optional.empty())) {
            var events = new Events();
            QmpConnection monitor = stage.open("web1", List.of("-machine", "none"), events);
            stage.process(0).terminate(java.time.Duration.ZERO);
            assertThat(events.awaitEnd().closedHere()).isFalse();
            assertThatThrownBy(() -> monitor.execute(new RunStateCommands.QueryStatus()))
                    .isInstanceOf(QmpException.Disconnected.class)
                    .hasMessageStartingWith("qemu unexpectedly closed the monitor");
        }
    }
}

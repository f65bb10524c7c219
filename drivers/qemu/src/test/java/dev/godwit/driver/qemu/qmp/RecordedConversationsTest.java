package dev.godwit.driver.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** With QEMUs recorded earlier, of every release there are recordings of. Needs no QEMU. */
@ParameterizedClass
@ValueSource(strings = {"7.2", "10.0"})
class RecordedConversationsTest extends Conversations {

    @Parameter
    String version;

    @Override
    Stage stage(String name) {
        return new RecordedStage(version + "/" + name, dir);
    }

    private static final String GREETED = """
            {"words": {}, "conversations": {"web1": [
              {"qemu": {"QMP": {"version": {"qemu": {"micro": 2, "minor": 0, "major": 10}, "package": ""}}}},
              {"us": {"execute": "qmp_capabilities", "id": "godwit-1"}},
              {"qemu": {"return": {}, "id": "godwit-1"}},
              {"us": {"execute": "stop", "id": "godwit-2"}},
              {"qemu": {"return": {}, "id": "godwit-2"}}]}}""";

    @Test
    void aRecordingIsNotContentWithSomethingElse() {
        var stage = new RecordedStage(Scene.parse(GREETED), dir);
        QmpConnection monitor = stage.open("web1", List.of(), QmpListener.NONE);
        assertThatThrownBy(() -> monitor.execute(new RunStateCommands.Cont()))
                .isInstanceOf(QmpException.Disconnected.class);
        assertThatThrownBy(stage::close).hasMessageContaining("\"cont\"").hasMessageContaining("\"stop\"");
    }

    @Test
    void aRecordingIsNotContentWithLess() {
        var stage = new RecordedStage(Scene.parse(GREETED), dir);
        assertThat(stage.open("web1", List.of(), QmpListener.NONE).isOpen()).isTrue();
        assertThatThrownBy(stage::close).hasMessageContaining("nothing was said");
    }
}

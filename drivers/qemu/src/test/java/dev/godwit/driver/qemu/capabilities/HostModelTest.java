package dev.godwit.driver.qemu.capabilities;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.driver.qemu.Golden;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class HostModelTest {

    private static final Map<String, Set<String>> FEATURES = Map.of(
            "max", Set.of("sse2", "ssse3", "aes", "lahf-lm", "pclmulqdq", "x-private"),
            "small", Set.of("sse2"),
            "large", Set.of("sse2", "ssse3", "lahf-lm"),
            "large-v2", Set.of("sse2", "ssse3", "lahf-lm", "aes"),
            "foreign", Set.of("sse2", "ssse3", "aes", "lahf-lm", "3dnow"));

    private static final QmpExchange QEMU = (command, arguments) -> {
        assertThat(command).isEqualTo("query-cpu-model-expansion");
        String model = arguments.object("model").text("name");
        Json.Obj props = Json.EMPTY.with("svm", false);
        for (String feature : FEATURES.get(model)) {
            props = props.with(feature, true);
        }
        return Json.EMPTY.with("model", Json.EMPTY.with("name", model).with("props", props));
    };

    private static final QemuCapabilities CAPABILITIES = new QemuCapabilities(
            "/q", "x86_64", 10_000_000, List.of(), Set.of(),
            List.of(
                    model("max"), model("small"), model("large"), model("large-v2"), model("foreign"),
                    new CpuModel("unusable", List.of("avx512f"), false)),
            List.of(), false);

    private static CpuModel model(String name) {
        return new CpuModel(name, List.of(), false);
    }

    @Test
    void takesTheLargestModelTheHostCoversAndAddsTheRest() {
        Element cpu = HostModel.resolve(QEMU, CAPABILITIES, "qemu").orElseThrow();

        assertThat(cpu.print())
                .isEqualTo(
                        """
                        <cpu mode='custom' match='exact' check='partial'>
                          <model fallback='forbid'>large</model>
                          <feature policy='require' name='aes'/>
                          <feature policy='require' name='pclmuldq'/>
                        </cpu>
                        """);
    }

    @Test
    void nothingComesOfNoUsableModel() {
        QemuCapabilities none = new QemuCapabilities(
                "/q", "x86_64", 10_000_000, List.of(), Set.of(), List.of(model("max")), List.of(), false);

        assertThat(HostModel.resolve(QEMU, none, "qemu")).isEmpty();
    }

    @Test
    void theDefinitionKeepsItsTopologyAndItsOwnFeatures() {
        Element domain = XmlReader.read(
                """
                <domain><cpu mode='host-model' check='partial'>
                  <topology sockets='1' cores='2' threads='1'/>
                  <feature policy='disable' name='aes'/>
                </cpu></domain>
                """);

        Element cpu = HostModel.apply(domain, HostModel.resolve(QEMU, CAPABILITIES, "qemu").orElseThrow())
                .child("cpu").orElseThrow();

        assertThat(cpu.elements()).extracting(Element::name)
                .containsExactly("model", "topology", "feature", "feature");
        assertThat(cpu.elements("feature")).extracting(f -> f.attr("policy", "") + " " + f.attr("name", ""))
                .containsExactly("require pclmuldq", "disable aes");
    }

    @Test
    void otherCpusStayAsTheyAre() {
        Element domain = XmlReader.read(Golden.text("cpu-custom", "libvirt-11.3-inactive.xml"));

        assertThat(HostModel.apply(domain, Element.of("cpu"))).isEqualTo(domain);
    }
}

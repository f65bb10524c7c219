package dev.godwit.driver.qemu.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.Golden;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.definition.DefinitionCompleter;
import dev.godwit.driver.qemu.definition.LiveChoices;
import dev.godwit.driver.qemu.definition.LiveForm;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineTest {

    private static final QemuCapabilities QEMU = Golden.capabilities();
    private static final Instant NOW = Instant.parse("2026-11-23T11:15:12Z");

    /** Guests whose CPU this host has to resolve first. */
    private static final Set<String> HOST_MODELS = Set.of("cpu-host-model", "cpu-host-model-tcg");

    static Stream<String> guests() {
        return Golden.names()
                .filter(guest -> Golden.exists(guest, "libvirt-11.3.args"))
                .filter(guest -> !HOST_MODELS.contains(guest));
    }

    /** An option with its value; values in JSON are compared as such, so the order of properties does not matter. */
    private record Option(String name, Object value) {}

    @ParameterizedTest
    @MethodSource("guests")
    void startsTheMachineThatStockLibvirtStarts(String guest) {
        Element live = live(guest);

        List<Option> ours = options(CommandLine.build(live, QEMU, StartOptions.booting("/run/monitor.sock", NOW)));
        List<Option> stock = options(Golden.text(guest, "libvirt-11.3.args").lines().toList()).stream()
                .map(option -> withoutDescriptors(option, live))
                .flatMap(Optional::stream)
                .toList();

        assertThat(only(ours, "-device")).containsExactlyElementsOf(only(stock, "-device"));
        assertThat(ours.stream().filter(option -> !option.name().equals("-no-reboot")))
                .containsExactlyInAnyOrderElementsOf(stock);
    }

    private static List<Option> only(List<Option> options, String name) {
        return options.stream().filter(option -> option.name().equals(name)).toList();
    }

    /** The live definition with the choices that the stock daemon made in the recording. */
    private static Element live(String guest) {
        Element inactive = XmlReader.read(Golden.text(guest, "libvirt-11.3-inactive.xml"));
        int[] ports = {5900};
        int[] taps = {0};
        return LiveForm.of(
                inactive,
                new LiveChoices(1, "/run/channel", "127.0.0.1", () -> ports[0]++, () -> "vnet" + taps[0]++));
    }

    private static List<Option> options(List<String> arguments) {
        List<Option> options = new ArrayList<>();
        for (int i = 1; i < arguments.size(); i++) {
            String name = arguments.get(i);
            boolean valued = i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("-");
            // Arguments that a user added may begin with anything; here they come as a name and a value.
            String text = valued ? arguments.get(++i) : "";
            options.add(new Option(name, text.startsWith("{") ? Json.parse(text) : text));
        }
        return options;
    }

    /** Stock libvirt opens files and sockets itself and passes descriptors; we pass paths. */
    private static Optional<Option> withoutDescriptors(Option option, Element live) {
        return switch (option) {
            case Option(String name, Json.Obj object) -> switch (name) {
                case "-object" -> object.text("qom-type").equals("secret") ? Optional.empty() : Optional.of(option);
                case "-netdev" -> Optional.of(new Option(name, netdev(object, live)));
                // Whether an image has a backing file is asked of the image by QEMU itself.
                case "-blockdev" -> Optional.of(new Option(name, object.without("backing")));
                default -> Optional.of(option);
            };
            case Option(String name, String text) -> switch (name) {
                case "-add-fd" -> Optional.empty();
                case "-chardev" -> Optional.of(new Option(name, chardev(text, live)));
                default -> Optional.of(option);
            };
            default -> throw new AssertionError(option);
        };
    }

    private static Json.Obj netdev(Json.Obj netdev, Element live) {
        if (!netdev.text("type").equals("tap")) {
            return netdev;
        }
        String tap = devices(live).filter(device -> ("host" + alias(device)).equals(netdev.text("id")))
                .findFirst()
                .flatMap(nic -> nic.child("target"))
                .flatMap(target -> target.attr("dev"))
                .orElseThrow();
        return netdev.without("fd").with("ifname", tap).with("script", "no").with("downscript", "no");
    }

    private static String chardev(String text, Element live) {
        String id = text.replaceAll(".*id=char([^,]*).*", "$1");
        if (id.equals("monitor")) {
            return text.replaceFirst("fd=[0-9]+|path=[^,]*", "path=/run/monitor.sock");
        }
        Element device = devices(live).filter(candidate -> alias(candidate).equals(id)).findFirst().orElseThrow();
        String path = device.child("source").flatMap(source -> source.attr("path")).orElse("");
        String log = device.child("log").flatMap(element -> element.attr("file")).orElse("");
        String logAppend = device.child("log").flatMap(element -> element.attr("append")).orElse("off");
        return text.replaceFirst("fd=[0-9]+", "path=" + path)
                .replaceFirst(",path=/dev/fdset/[0-9]+", ",path=" + path)
                .replaceFirst("logfile=/dev/fdset/[0-9]+,logappend=on", "logfile=" + log + ",logappend=" + logAppend);
    }

    private static Stream<Element> devices(Element domain) {
        return domain.child("devices").orElseThrow().elements().stream();
    }

    private static String alias(Element device) {
        return device.child("alias").flatMap(alias -> alias.attr("name")).orElse("");
    }

    @Test
    void aReceiverWaitsAndHasTheCpuOfTheCookie() {
        Element cpu = XmlReader.read(
                """
                <cpu mode='custom' match='exact' check='full'>
                  <model fallback='forbid'>qemu64</model>
                  <feature policy='require' name='hypervisor'/>
                  <feature policy='require' name='lahf_lm'/>
                </cpu>
                """);

        List<String> arguments = CommandLine.build(
                live("direct-file"), QEMU, StartOptions.receiving("/run/m", Optional.of(cpu), NOW));

        assertThat(arguments).containsSequence("-incoming", "defer");
        assertThat(arguments).containsSequence("-cpu", "qemu64,hypervisor=on,lahf-lm=on");
    }

    @Test
    void olderQemuGetsItsOldSpellings() {
        QemuCapabilities old = new QemuCapabilities(
                QEMU.emulator(), QEMU.arch(), 7_002_000, QEMU.machines(), QEMU.devices(), QEMU.tcgCpus(),
                QEMU.kvmCpus(), true);

        List<String> arguments =
                CommandLine.build(live("install-q35-bare"), old, StartOptions.booting("/run/m", NOW));

        assertThat(arguments).contains("-no-hpet").doesNotContain("-no-acpi");
        assertThat(arguments.get(arguments.indexOf("-machine") + 1)).doesNotContain("hpet").doesNotContain("acpi");
        assertThat(CommandLine.build(live("direct-file"), old, StartOptions.booting("/run/m", NOW)))
                .contains("-no-acpi");
    }

    @Test
    void commasInPathsAreDoubled() {
        Element live = live("direct-file").mapElements("name", name -> name.withText("a,b"));

        List<String> arguments = CommandLine.build(live, QEMU, StartOptions.booting("/run/m,n", NOW));

        assertThat(arguments).contains("guest=a,,b,debug-threads=on");
        assertThat(arguments).contains("socket,id=charmonitor,path=/run/m,,n,server=on,wait=off");
    }

    @Test
    void aBackingChainBecomesNodes() {
        Element definition = new DefinitionCompleter(new Random(1)).complete(
                XmlReader.read(
                        """
                        <domain type='qemu'><name>chain</name><memory>65536</memory>
                          <os><type machine='q35'>hvm</type></os>
                          <devices>
                            <disk type='file'><driver name='qemu' type='qcow2'/><source file='/top'/>
                              <backingStore type='file'><format type='qcow2'/><source file='/middle'/>
                                <backingStore type='file'><format type='raw'/><source file='/base'/>
                                  <backingStore/></backingStore></backingStore>
                              <target dev='vda' bus='virtio'/></disk>
                          </devices>
                        </domain>
                        """),
                QEMU);
        Element live = LiveForm.of(definition, new LiveChoices(1, "/c", "127.0.0.1", () -> 5900, () -> "t"));

        List<Json.Obj> nodes = only(options(CommandLine.build(live, QEMU, StartOptions.booting("/m", NOW))), "-blockdev")
                .stream()
                .map(option -> (Json.Obj) option.value())
                .toList();

        assertThat(nodes).extracting(node -> node.text("node-name")).containsExactly(
                "libvirt-3-storage", "libvirt-2-storage", "libvirt-2-format", "libvirt-1-storage", "libvirt-1-format");
        assertThat(nodes.get(2).text("backing")).isEqualTo("libvirt-3-storage");
        assertThat(nodes.get(4).text("backing")).isEqualTo("libvirt-2-format");
        assertThat(nodes.get(0).bool("read-only")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <sound model='ich9'/>                                             | device <sound>
            <disk type='file' device='lun'><target dev='sda'/></disk>         | device <disk device='lun'>
            <graphics type='spice'/>                                          | device <graphics type='spice'>
            <interface type='network'><source network='default'/></interface> | device <interface type='network'>
            <tpm model='tpm-crb'><backend type='emulator'/></tpm>             | device <tpm>
            <foo bar='1'/>                                                    | device <foo>
            """)
    void aDeviceThatIsNotSupportedIsRefusedByName(String device, String named) {
        Element inactive = XmlReader.read(Golden.text("direct-file", "libvirt-11.3-inactive.xml"));
        Element domain = inactive.mapElements("devices", devices -> devices.with(XmlReader.read(device)));

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> CommandLine.requireUnderstood(domain))
                .withMessage("unsupported configuration: %s of guest direct-file is not supported yet", named);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            <genid/>                                            | <genid>
            <cputune><shares>1</shares></cputune>               | <cputune>
            <launchSecurity type='sev'/>                        | <launchSecurity>
            """)
    void aSettingThatIsNotSupportedIsRefusedByName(String setting, String named) {
        Element inactive = XmlReader.read(Golden.text("direct-file", "libvirt-11.3-inactive.xml"));

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> CommandLine.requireUnderstood(inactive.with(XmlReader.read(setting))))
                .withMessage("unsupported configuration: %s of guest direct-file is not supported yet", named);
    }

    @Test
    void whatChangesTheMachineInsideOsFeaturesAndCpuIsRefused() {
        Element inactive = XmlReader.read(Golden.text("direct-file", "libvirt-11.3-inactive.xml"));
        Element loader = inactive.mapElements("os", os -> os.with(Element.text("loader", "/OVMF.fd")));
        Element numa = inactive.mapElements("cpu", cpu -> cpu.with(Element.of("numa")));
        Element xen = inactive.withReplaced(Element.of("features", Element.of("xen")));

        for (var entry : List.of(
                List.of(loader, "<os><loader>"), List.of(numa, "<cpu><numa>"), List.of(xen, "<features><xen>"))) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> CommandLine.requireUnderstood((Element) entry.get(0)))
                    .withMessageContaining((String) entry.get(1));
        }
    }

    @Test
    void hostPassthroughNeedsKvm() {
        Element live = live("cpu-passthrough").withAttr("type", "qemu");

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> CommandLine.build(live, QEMU, StartOptions.booting("/m", NOW)))
                .withMessageContaining("CPU mode 'host-passthrough'")
                .satisfies(e -> assertThat(e.codeNumber()).isEqualTo(67));
    }

    @Test
    void theEnvironmentOfTheUserIsFound() {
        assertThat(CommandLine.environment(live("qemu-ns"))).containsExactly(java.util.Map.entry("A", "b"));
    }
}

package dev.godwit.driver.qemu;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.capabilities.QemuProbe;
import dev.godwit.driver.qemu.capabilities.QmpExchange;
import dev.godwit.driver.qemu.qmp.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What stock libvirt 11.3 with QEMU 10.0.2 made of a number of definitions, recorded.
 *
 * <p>Every folder below {@code golden} is a guest: {@code input.xml} was given to {@code virsh define}; the other files are
 * what {@code dumpxml} printed before and after the start, and the command line of QEMU, one argument a line.
 */
public final class Golden {

    private Golden() {}

    public static Stream<String> names() {
        try (Stream<Path> folders = Files.list(Path.of(Golden.class.getResource("golden").toURI()))) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    public static boolean exists(String name, String file) {
        return Golden.class.getResource("golden/" + name + "/" + file) != null;
    }

    public static String text(String name, String file) {
        return resource("golden/" + name + "/" + file);
    }

    public static String resource(String path) {
        try (InputStream in = Golden.class.getResourceAsStream(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** QEMU 10.0.2 as it answered, with a KVM that works. */
    public static QemuCapabilities capabilities() {
        return QemuProbe.probe(
                "/usr/bin/qemu-system-x86_64", recorded("probe-qemu-10.0.jsonl", false),
                Optional.of(recorded("probe-qemu-10.0.jsonl", true)));
    }

    /** Replays a recorded conversation; {@code query-kvm} is answered as asked. */
    public static QmpExchange recorded(String resource, boolean kvm) {
        List<Json.Obj> replies = resource(resource)
                .lines()
                .map(line -> Json.parse(line).asObject())
                .filter(line -> line.has("return"))
                .toList();
        return (command, _) -> switch (command) {
            case "query-version" -> replies.get(1).get("return").orElseThrow();
            case "query-machines" -> replies.get(2).get("return").orElseThrow();
            case "query-cpu-definitions" -> replies.get(3).get("return").orElseThrow();
            case "query-kvm" -> Json.EMPTY.with("enabled", kvm).with("present", true);
            case "query-target" -> replies.get(5).get("return").orElseThrow();
            case "qom-list-types" -> replies.get(6).get("return").orElseThrow();
            default -> throw new AssertionError("not recorded: " + command);
        };
    }
}

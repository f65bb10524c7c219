package dev.godwit.wire.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.wire.xdr.XdrCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The wire as text: every procedure and event with its number, and the layout of every struct. A change in this file
 * is a change of the wire, which somebody has to mean: write it with {@code -Dgodwit.golden.write=true}, and read the
 * difference.
 */
class StructuresGoldenTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/structures.golden");

    @Test
    void theWireIsAsItWas() throws IOException {
        String now = text();
        if (Boolean.getBoolean("godwit.golden.write")) {
            Files.writeString(GOLDEN, now);
        }
        assertThat(now).isEqualTo(Files.readString(GOLDEN));
    }

    private static String text() {
        StringBuilder text = new StringBuilder();
        RemoteProtocol.procedures().stream()
                .sorted(Comparator.<Procedure<?, ?>, Program>comparing(Procedure::program)
                        .thenComparing(Procedure::number))
                .forEach(p -> text.append("call %s %d %s: %s -> %s; may %s%s%s%s%n".formatted(
                        p.program(), p.number(), RemoteProtocol.nameOf(p.program().number(), p.number()),
                        p.argsType().getSimpleName(), p.retType().getSimpleName(),
                        p.permissions().isEmpty() ? "anybody" : p.permissions().stream()
                                .sorted().map(Permission::toString).collect(Collectors.joining(" ")),
                        p.isReadOnlyAllowed() ? ", read-only" : "", p.isPriority() ? ", priority" : "",
                        switch (p.stream()) {
                            case NONE -> "";
                            case CLIENT_SENDS -> ", client sends a stream";
                            case SERVER_SENDS -> ", server sends a stream";
                        })));
        RemoteProtocol.events().stream()
                .sorted(Comparator.<Event<?>, Program>comparing(Event::program).thenComparing(Event::number))
                .forEach(e -> text.append("event %s %d %s: %s%s%n".formatted(
                        e.program(), e.number(), RemoteProtocol.nameOf(e.program().number(), e.number()),
                        e.type().getSimpleName(),
                        e.eventId().isPresent() ? ", id " + e.eventId().getAsInt() : "")));
        Set<String> definitions = new LinkedHashSet<>();
        for (Class<?> type : Records.all()) {
            definitions.addAll(Arrays.asList(XdrCodec.of(type).layout().split("\n(?=struct|union|enum)")));
        }
        return Stream.concat(Stream.of(text.toString()), definitions.stream().map(String::stripTrailing).sorted())
                .collect(Collectors.joining("\n\n", "", "\n"));
    }
}

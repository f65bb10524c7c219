package dev.godwit.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The page {@code docs/protocol/migration-v3.md} shows the table of {@link Phase}, printed from it. To
 * print it anew after a change of the table: run this test with {@code -Dgodwit.print=true}.
 */
class ProtocolPictureTest {

    private static final Path PAGE = Path.of("..", "docs", "protocol", "migration-v3.md");
    private static final String FROM = "<!-- printed from MigrationProtocol.Phase: do not edit -->\n";
    private static final String TO = "<!-- end of print -->\n";

    @Test
    void thePageShowsTheTable() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(FROM) + FROM.length();
        int to = page.indexOf(TO);
        assertThat(from).as("the page has a place for the print").isBetween(FROM.length(), to);
        String printed = print();
        if (Boolean.getBoolean("godwit.print")) {
            Files.writeString(PAGE, page.substring(0, from) + printed + page.substring(to));
            return;
        }
        assertThat(page.substring(from, to))
                .as("the table in docs/protocol/migration-v3.md (print it with -Dgodwit.print=true)")
                .isEqualTo(printed);
    }

    private static String print() {
        StringBuilder out = new StringBuilder();
        out.append("```mermaid\nsequenceDiagram\n    participant C as coordinator\n    participant S as source\n")
                .append("    participant D as destination\n");
        for (Phase phase : Phase.values()) {
            String host = phase.runsOn() == Host.SOURCE ? "S" : "D";
            out.append("    C->>").append(host).append(": ").append(phase).append('\n');
            for (Host told : phase.ifFailsTell().stream().sorted().toList()) {
                out.append("    opt ").append(phase).append(" fails\n    C->>")
                        .append(told == Host.SOURCE ? "S: confirm, cancelled" : "D: finish, cancelled")
                        .append("\n    end\n");
            }
        }
        out.append("```\n\n| Phase | runs on | if it fails, tell | abandoned during | abandoned after |\n")
                .append("|---|---|---|---|---|\n");
        for (Phase phase : Phase.values()) {
            String tell = phase.ifFailsTell().stream().sorted().map(ProtocolPictureTest::words)
                    .collect(Collectors.joining(", "));
            out.append("| ").append(phase)
                    .append(" | ").append(words(phase.runsOn()))
                    .append(" | ").append(tell.isEmpty() ? "–" : tell)
                    .append(" | ").append(words(phase.abandonedDuring()))
                    .append(" | ").append(words(phase.abandonedAfter())).append(" |\n");
        }
        return out.toString();
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

package dev.godwit.migration.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.MigrationProtocol.Remedy;
import dev.godwit.migration.model.Explorer.Broken;
import dev.godwit.migration.model.Explorer.Model;
import dev.godwit.migration.model.Explorer.Result;
import dev.godwit.migration.model.Moves.Move;
import dev.godwit.migration.model.Rules.Defect;
import dev.godwit.migration.model.Rules.Flow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * The page {@code docs/protocol/model.md} shows what the model finds. To print it anew after a change of the table or of the model:
 * run this test with {@code -Dgodwit.print=true}.
 */
class ModelPageTest {

    private static final Path PAGE = Path.of("..", "docs", "protocol", "model.md");
    private static final String FROM = "<!-- printed by ModelPageTest, %s: do not edit -->\n";
    private static final String TO = "<!-- end of print -->\n";

    @Test
    void thePageShowsWhatTheModelFinds() throws IOException {
        Map<String, Supplier<String>> parts = new LinkedHashMap<>();
        parts.put("figures", ModelPageTest::figures);
        for (Defect defect : Defect.values()) {
            parts.put(defect.name(), () -> trace(Runs.of(defect), defect == Defect.PLAIN_QUESTION
                    ? List.of()
                    : smooth(new MigrationModel(Rules.of(Shown.of(defect).flow())))));
        }
        parts.put("cells", ModelPageTest::cells);
        parts.put("told", ModelPageTest::told);
        for (PostCopyModel.Defect defect : PostCopyModel.Defect.values()) {
            parts.put(defect.name(), () -> trace(
                    Explorer.explore(PostCopyModel.real().with(defect)).broken().orElseThrow(), List.of()));
        }
        String page = Files.readString(PAGE);
        String wanted = page;
        for (Map.Entry<String, Supplier<String>> part : parts.entrySet()) {
            String head = FROM.formatted(part.getKey());
            int from = wanted.indexOf(head) + head.length();
            assertThat(from).as("a place for the print of %s in %s", part.getKey(), PAGE).isGreaterThanOrEqualTo(head.length());
            wanted = wanted.substring(0, from) + part.getValue().get() + wanted.substring(wanted.indexOf(TO, from));
        }
        if (Boolean.getBoolean("godwit.print")) {
            Files.writeString(PAGE, wanted);
            return;
        }
        assertThat(page).as("docs/protocol/model.md (print it with -Dgodwit.print=true)").isEqualTo(wanted);
    }

    private static String figures() {
        StringBuilder out = new StringBuilder("| | states | moves | at rest | farthest state | to rest, at most |\n|---|---|---|---|---|---|\n");
        for (Flow flow : Flow.values()) {
            row(out, flow.toString(), Runs.of(flow));
        }
        row(out, "post-copy, from PERFORM on", Explorer.explore(PostCopyModel.real()));
        return out.toString();
    }

    private static void row(StringBuilder out, String what, Result result) {
        assertThat(result.broken()).as(what).isEmpty();
        out.append(String.format(Locale.ROOT, "| %s | %,d | %,d | %d | %d moves | %d moves |%n",
                what, result.states(), result.moves(), result.resting(), result.deepest(), result.settling()));
    }

    /** The moves of a migration in which nothing goes wrong. */
    private static <S> List<String> smooth(Model<S> model) {
        List<String> smooth = new ArrayList<>();
        S here = model.start();
        for (Optional<Move<S>> next = due(model, here); next.isPresent(); next = due(model, here)) {
            smooth.add(next.get().says());
            here = next.get().to();
        }
        return smooth;
    }

    private static <S> Optional<Move<S>> due(Model<S> model, S state) {
        return model.moves(state).all().stream().filter(Move::due).findFirst();
    }

    private static String trace(Broken broken, List<String> smooth) {
        StringBuilder out = new StringBuilder();
        List<String> moves = broken.trace();
        int same = 0;
        while (same < moves.size() && same < smooth.size() && moves.get(same).equals(smooth.get(same))) {
            same++;
        }
        if (same > 1) {
            out.append("After ").append(same).append(" moves as ever, up to \"").append(moves.get(same - 1)).append("\":\n\n");
        } else {
            same = 0;
        }
        for (int move = same; move < moves.size(); move++) {
            out.append(move + 1).append(". ").append(moves.get(move)).append('\n');
        }
        return out.append("\n*").append(broken.invariant()).append("* is broken.\n").toString();
    }

    /** Every cell of the two columns, with every other remedy in it. */
    private static String cells() {
        StringBuilder out = new StringBuilder("| cell | is | what would break with another | would do, too |\n|---|---|---|---|\n");
        for (Phase phase : Phase.values()) {
            out.append("| ").append(phase).append(", abandoned during ");
            cell(out, phase.abandonedDuring(), remedy -> Table.REAL.withAbandonedDuring(phase, remedy));
            out.append("| ").append(phase).append(", abandoned after ");
            cell(out, phase.abandonedAfter(), remedy -> Table.REAL.withAbandonedAfter(phase, remedy));
        }
        return out.toString();
    }

    private interface Altered {
        Table with(Remedy remedy);
    }

    private static void cell(StringBuilder out, Remedy real, Altered altered) {
        Map<String, List<String>> breaks = new LinkedHashMap<>();
        List<String> holds = new ArrayList<>();
        for (Remedy remedy : Remedy.values()) {
            if (remedy != real) {
                Table table = altered.with(remedy);
                broken(Flow.PEER_TO_PEER, table).ifPresentOrElse(
                        invariant -> breaks.computeIfAbsent(invariant, _ -> new ArrayList<>()).add(words(remedy)),
                        () -> holds.add(words(remedy)));
            }
        }
        List<String> lines = new ArrayList<>();
        breaks.forEach((invariant, remedies) -> lines.add("*" + invariant + "*: " + String.join(", ", remedies)));
        out.append("| ").append(words(real)).append(" | ").append(String.join("; ", lines))
                .append(" | ").append(holds.isEmpty() ? "–" : String.join(", ", holds)).append(" |\n");
    }

    /** The column of who is told, where another entry makes a difference, or one might think so. */
    private static String told() {
        StringBuilder out = new StringBuilder("| if it fails, tell | is | instead | what breaks |\n|---|---|---|---|\n");
        for (Phase phase : List.of(Phase.PREPARE, Phase.PERFORM, Phase.FINISH)) {
            told(out, phase, Set.of());
        }
        told(out, Phase.CONFIRM, Set.of(Host.SOURCE));
        return out.toString();
    }

    private static void told(StringBuilder out, Phase phase, Set<Host> hosts) {
        out.append("| ").append(phase).append(" | ").append(words(phase.ifFailsTell())).append(" | ").append(words(hosts))
                .append(" | ").append(broken(Flow.OUR_CLIENT, Table.REAL.withIfFailsTell(phase, hosts))
                        .map(invariant -> "*" + invariant + "*").orElse("nothing")).append(" |\n");
    }

    private static Optional<String> broken(Flow flow, Table table) {
        return Explorer.explore(new MigrationModel(Rules.of(flow).with(table))).broken().map(Broken::invariant);
    }

    private static String words(Set<Host> hosts) {
        return hosts.isEmpty() ? "nobody" : words(hosts.iterator().next());
    }

    private static String words(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

package dev.godwit.driver.qemu.qmp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recorded scene: what we said to one or more QEMUs and what each of them said.
 *
 * @param words         words that were made for the occasion
 * @param conversations by role, in order
 */
record Scene(Map<String, String> words, Map<String, List<Line>> conversations) {

    /**
     * One line on the wire.
     *
     * @param ours    true for what we said
     * @param message the line
     */
    record Line(boolean ours, Json.Obj message) {}

    static Scene empty() {
        return new Scene(new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    static Scene parse(String text) {
        Json.Obj file = Json.parse(text).asObject();
        Scene scene = empty();
        file.object("words").members().forEach((name, value) -> scene.words.put(name, value.asText()));
        file.object("conversations").members().forEach((role, lines) ->
                scene.conversations.put(role, new ArrayList<>(lines.asList(line -> {
                    Json.Obj said = line.asObject();
                    boolean ours = said.has("us");
                    return new Line(ours, said.object(ours ? "us" : "qemu"));
                }))));
        return scene;
    }

    /** Writes the scene, one line of the wire a line of the file, for people and for diffs. */
    void write(Path file) throws IOException {
        var text = new StringBuilder("{\"words\": ");
        Json.Obj ours = Json.EMPTY;
        for (Map.Entry<String, String> word : words.entrySet()) {
            ours = ours.with(word.getKey(), word.getValue());
        }
        text.append(ours).append(",\n \"conversations\": {");
        String between = "\n";
        for (Map.Entry<String, List<Line>> conversation : conversations.entrySet()) {
            text.append(between).append("  ").append(new Json.Str(conversation.getKey())).append(": [");
            between = "\n   ";
            for (Line line : conversation.getValue()) {
                text.append(between).append(line.ours() ? "{\"us\":   " : "{\"qemu\": ").append(line.message()).append("}");
                between = ",\n   ";
            }
            text.append("]");
            between = ",\n";
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text.append("\n }}\n"));
    }
}

package dev.godwit.lab.matrix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What became of each cell, as Markdown. A cell that was not run says so. */
final class MatrixTable {

    private static final String NOT_RUN = "not run";

    private final List<String> columns;
    private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private int passed;

    MatrixTable(List<String> rowNames, List<String> columns) {
        this.columns = columns;
        rowNames.forEach(row -> {
            Map<String, String> cells = new LinkedHashMap<>();
            columns.forEach(column -> cells.put(column, NOT_RUN));
            rows.put(row, cells);
        });
    }

    synchronized void passed(String row, String column) {
        rows.get(row).put(column, "yes");
        passed++;
    }

    synchronized void failed(String row, String column, String why) {
        String note = why.replaceAll("\\s+", " ").strip();
        if (!notes.contains(note)) {
            notes.add(note);
        }
        rows.get(row).put(column, "**no** (" + (notes.indexOf(note) + 1) + ")");
    }

    synchronized void write(Path file) {
        StringBuilder text = new StringBuilder("| from → to, connections | " + String.join(" | ", columns) + " |\n"
                + "|---|" + "---|".repeat(columns.size()) + "\n");
        rows.forEach((row, cells) ->
                text.append("| ").append(row).append(" | ").append(String.join(" | ", cells.values())).append(" |\n"));
        text.append('\n').append(passed).append(" of ").append(rows.size() * columns.size()).append(" cells moved a guest");
        long notRun = rows.values().stream().flatMap(cells -> cells.values().stream()).filter(NOT_RUN::equals).count();
        text.append("; ").append(notRun).append(" were not run.\n");
        for (int i = 0; i < notes.size(); i++) {
            text.append('\n').append(i + 1).append(". ").append(notes.get(i)).append('\n');
        }
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

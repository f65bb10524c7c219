package dev.godwit.cli.text;

import java.util.ArrayList;
import java.util.List;

/** A table as virsh prints it: a blank before the first column, three between two, a line of dashes. */
public final class Table {

    private static final int GAP = 3;

    private final List<List<String>> rows = new ArrayList<>();

    /** A table with a head. */
    public Table(List<String> head) {
        rows.add(List.copyOf(head));
    }

    /** Adds a row with as many cells as the head. */
    public void row(List<String> cells) {
        if (cells.size() != rows.getFirst().size()) {
            throw new IllegalArgumentException("A row of " + cells.size() + " cells under a head of "
                    + rows.getFirst().size());
        }
        List<String> row = new ArrayList<>(cells.size());
        for (String cell : cells) {
            row.add(printable(cell));
        }
        rows.add(row);
    }

    /** The table as text, with a line end after each row. */
    public String text() {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], Width.of(row.get(i)));
            }
        }
        int total = 0;
        for (int width : widths) {
            total += width + GAP;
        }
        StringBuilder text = new StringBuilder();
        line(text, rows.getFirst(), widths);
        text.append("-".repeat(total)).append('\n');
        for (List<String> row : rows.subList(1, rows.size())) {
            line(text, row, widths);
        }
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> row, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? " " : " ".repeat(GAP)).append(row.get(i));
            if (i < widths.length - 1) {
                text.append(" ".repeat(widths[i] - Width.of(row.get(i))));
            }
        }
        text.append('\n');
    }

    /** What would move the cursor or lie about the width is spelt out. */
    private static String printable(String cell) {
        StringBuilder text = new StringBuilder(cell.length());
        for (int i = 0; i < cell.length(); i++) {
            char c = cell.charAt(i);
            if (Character.isISOControl(c)) {
                text.append("\\x%02x".formatted((int) c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}

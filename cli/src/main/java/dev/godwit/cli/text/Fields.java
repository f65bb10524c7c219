package dev.godwit.cli.text;

import java.util.function.Consumer;

/** Names and values, one pair a line, the values in a column. */
public final class Fields {

    private final int column;
    private final Consumer<String> out;

    /**
     * A list.
     *
     * @param column how wide names are, with their colon
     * @param out    takes the lines
     */
    public Fields(int column, Consumer<String> out) {
        this.column = column;
        this.out = out;
    }

    /** A line: {@code Name:    value}. */
    public void line(String name, String value) {
        String label = name.isEmpty() ? "" : name + ":";
        out.accept(label + " ".repeat(Math.max(0, column - label.length())) + " " + value + "\n");
    }
}

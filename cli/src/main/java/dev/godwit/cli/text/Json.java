package dev.godwit.cli.text;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes JSON (RFC 8259). */
public final class Json {

    private Json() {}

    /**
     * A value as JSON, over several lines.
     *
     * @param value a {@link Map} (kept in its order), {@link List}, {@link String}, {@link Number},
     *              {@link Boolean} or {@link Optional} of these; an empty one becomes {@code null}
     * @return the text, with a line end
     */
    public static String text(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, "\n");
        return text.append('\n').toString();
    }

    /**
     * A value as JSON on one line, without blanks.
     *
     * @param value as for {@link #text}
     * @return the text, without a line end
     */
    public static String compact(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value, "");
        return text.toString();
    }

    private static void write(StringBuilder text, Object value, String newLine) {
        switch (value) {
            case Optional<?> maybe when maybe.isEmpty() -> text.append("null");
            case Optional<?> maybe -> write(text, maybe.get(), newLine);
            case Map<?, ?> map -> {
                String separator = "{";
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    text.append(separator).append(inner(newLine));
                    string(text, (String) entry.getKey());
                    text.append(newLine.isEmpty() ? ":" : ": ");
                    write(text, entry.getValue(), inner(newLine));
                    separator = ",";
                }
                text.append(map.isEmpty() ? "{}" : newLine + "}");
            }
            case List<?> list -> {
                String separator = "[";
                for (Object element : list) {
                    text.append(separator).append(inner(newLine));
                    write(text, element, inner(newLine));
                    separator = ",";
                }
                text.append(list.isEmpty() ? "[]" : newLine + "]");
            }
            case String string -> string(text, string);
            case Number number -> text.append(number);
            case Boolean bool -> text.append(bool);
            default -> throw new IllegalArgumentException("No JSON for " + value.getClass());
        }
    }

    private static String inner(String newLine) {
        return newLine.isEmpty() ? "" : newLine + "  ";
    }

    private static void string(StringBuilder text, String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < 0x20 || Character.isSurrogate(c) && !paired(value, i)) {
                        text.append("\\u%04x".formatted((int) c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean paired(String value, int i) {
        return Character.isHighSurrogate(value.charAt(i))
                ? i + 1 < value.length() && Character.isLowSurrogate(value.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(value.charAt(i - 1));
    }
}

package dev.godwit.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The syntax of {@code libvirtd.conf} and {@code libvirt.conf}: one {@code key = value} a line; a value is a whole number, a text in
 * single or double quotes without escapes, or a list in brackets that may go over several lines; {@code #}
 * begins a comment.
 */
public final class ConfigFile {

    private static final int LONGEST_KEY = 64;

    private final String file;
    private final String text;
    private int at;
    private int line = 1;

    private ConfigFile(String file, String text) {
        this.file = file;
        this.text = text;
    }

    /**
     * One setting.
     *
     * @param key   its name
     * @param value its value
     * @param line  where the key stands, from 1
     */
    public record Setting(String key, ConfigValue value, int line) {}

    /**
     * Reads a file's text.
     *
     * @param file the name for messages
     * @param text all of it
     * @return the settings in their order
     * @throws ConfigException naming the first line that does not fit
     */
    public static List<Setting> parse(String file, String text) throws ConfigException {
        return new ConfigFile(file, text).settings();
    }

    private List<Setting> settings() throws ConfigException {
        List<Setting> settings = new ArrayList<>();
        while (skipToContent(true)) {
            int start = line;
            String key = key();
            skipBlanks();
            if (peek() != '=') {
                throw wrong("expected '=' after '" + key + "'");
            }
            at++;
            skipBlanks();
            ConfigValue value = value(key);
            skipBlanks();
            if (at < text.length() && peek() == '#') {
                skipComment();
            }
            if (at < text.length() && peek() != '\n') {
                throw wrong("unexpected '" + rest() + "' after the value of '" + key
                        + "'; one setting a line is allowed");
            }
            settings.add(new Setting(key, value, start));
        }
        return settings;
    }

    private String key() throws ConfigException {
        int from = at;
        while (at < text.length() && isKeyPart(peek()) && at - from <= LONGEST_KEY) {
            at++;
        }
        String key = text.substring(from, at);
        if (key.isEmpty() || !Character.isLetter(key.charAt(0)) || key.length() > LONGEST_KEY) {
            at = from;
            throw wrong("expected a setting like key = value, found '" + rest() + "'");
        }
        return key;
    }

    private static boolean isKeyPart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '.';
    }

    private ConfigValue value(String key) throws ConfigException {
        char c = peek();
        if (c == '"' || c == '\'') {
            return new ConfigValue.Text(quoted(c));
        }
        if (c == '[') {
            return items(key);
        }
        if (c == '-' || c >= '0' && c <= '9') {
            return number(key);
        }
        throw wrong("expected a number, a text in quotes or a list in brackets as the value of '" + key + "'"
                + (at < text.length() && c != '\n' ? ", found '" + rest() + "'" : ""));
    }

    private String quoted(char quote) throws ConfigException {
        int end = text.indexOf(quote, at + 1);
        int newline = text.indexOf('\n', at);
        if (end < 0 || newline >= 0 && newline < end) {
            throw wrong("a text ends on the line it begins on, with " + quote);
        }
        String inside = text.substring(at + 1, end);
        at = end + 1;
        return inside;
    }

    private ConfigValue items(String key) throws ConfigException {
        int start = line;
        at++;
        List<ConfigValue> values = new ArrayList<>();
        while (true) {
            if (!skipToContent(false)) {
                throw new ConfigException(file, start, "the list of '" + key + "' has no ']'");
            }
            if (peek() == ']') {
                at++;
                return new ConfigValue.Items(values);
            }
            if (peek() == '[') {
                throw wrong("a list within the list of '" + key + "'; numbers and texts are allowed");
            }
            values.add(value(key));
            if (!skipToContent(false)) {
                throw new ConfigException(file, start, "the list of '" + key + "' has no ']'");
            }
            if (peek() == ',') {
                at++;
            } else if (peek() != ']') {
                throw wrong("expected ',' or ']' in the list of '" + key + "', found '" + rest() + "'");
            }
        }
    }

    private ConfigValue number(String key) throws ConfigException {
        int from = at;
        at++;
        while (at < text.length() && isKeyPart(peek())) {
            at++;
        }
        String digits = text.substring(from, at);
        try {
            return new ConfigValue.Int(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            throw wrong("'" + digits + "', the value of '" + key + "', is not a whole number");
        }
    }

    /** Skips blanks, line ends and comments. False at the end of the file. */
    private boolean skipToContent(boolean betweenSettings) throws ConfigException {
        while (at < text.length()) {
            char c = peek();
            if (c == '\n') {
                at++;
                line++;
            } else if (isBlank(c)) {
                at++;
            } else if (c == '#') {
                skipComment();
            } else if (c == 0 && betweenSettings) {
                throw wrong("a NUL character; this is not a text file");
            } else {
                return true;
            }
        }
        return false;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(peek())) {
            at++;
        }
    }

    private void skipComment() {
        while (at < text.length() && peek() != '\n') {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    /** The character here; a line end behind the last one. */
    private char peek() {
        return at < text.length() ? text.charAt(at) : '\n';
    }

    /** What remains of the line, shortened for a message. */
    private String rest() {
        int end = text.indexOf('\n', at);
        String rest = text.substring(at, end < 0 ? text.length() : end).strip();
        return rest.length() > 40 ? rest.substring(0, 40) + "…" : rest;
    }

    private ConfigException wrong(String what) {
        return new ConfigException(file, line, what);
    }
}

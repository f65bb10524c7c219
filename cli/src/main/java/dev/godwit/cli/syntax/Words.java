package dev.godwit.cli.syntax;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into commands and words, the way virsh does: blanks separate words, {@code ;} and line
 * ends separate commands, {@code #} at the start of a word begins a comment, single and double quotes and
 * the backslash quote.
 */
public final class Words {

    private final String line;
    private final List<List<String>> commands = new ArrayList<>();
    private List<String> command = new ArrayList<>();
    private int at;

    private Words(String line) {
        this.line = line;
    }

    /**
     * Splits a line.
     *
     * @param line one line or several
     * @return for each command its words; none is empty
     * @throws UsageException if a quote is open at the end
     */
    public static List<List<String>> split(String line) {
        Words words = new Words(line);
        while (words.at < line.length()) {
            words.step();
        }
        words.endCommand();
        return words.commands;
    }

    private void step() {
        char c = line.charAt(at);
        if (c == ' ' || c == '\t') {
            at++;
        } else if (c == '\\' && at + 1 < line.length() && line.charAt(at + 1) == '\n') {
            at += 2;
        } else if (c == ';' || c == '\n') {
            at++;
            endCommand();
        } else if (c == '#') {
            int end = line.indexOf('\n', at);
            at = end < 0 ? line.length() : end;
        } else {
            command.add(word());
        }
    }

    private void endCommand() {
        if (!command.isEmpty()) {
            commands.add(command);
            command = new ArrayList<>();
        }
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        boolean single = false;
        boolean doubled = false;
        while (at < line.length()) {
            char c = line.charAt(at);
            if (!single && !doubled && (c == ' ' || c == '\t' || c == ';' || c == '\n')) {
                break;
            }
            at++;
            if (!doubled && c == '\'') {
                single = !single;
            } else if (!single && c == '\\') {
                if (at == line.length()) {
                    throw new UsageException("dangling \\");
                }
                char escaped = line.charAt(at++);
                if (escaped != '\n') {
                    word.append(escaped);
                }
            } else if (!single && c == '"') {
                doubled = !doubled;
            } else {
                word.append(c);
            }
        }
        if (doubled) {
            throw new UsageException("missing \"");
        }
        if (single) {
            throw new UsageException("missing '");
        }
        return word.toString();
    }
}

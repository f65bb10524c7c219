package dev.godwit.daemon.access;

import dev.godwit.config.ConfigException;
import dev.godwit.pki.NamePattern;
import dev.godwit.wire.remote.Permission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * Who may do what with which guest: {@code access_policy_file}. One rule a line, the first that fits decides, and what
 * none fits is denied:
 *
 * <pre>
 *   allow user root            *
 *   allow sasl *@EXAMPLE.COM   connect.*,domain.getattr,domain.read
 *   allow group operators      domain.migrate   on web*   to kvm?.example.com
 *   deny  everybody            *
 * </pre>
 *
 * <p>Read-only connections read and nothing else, whatever it allows.
 */
public final class AccessPolicy {

    /** Where there is no file: whoever is let in may do everything. */
    public static final AccessPolicy EVERYTHING = new AccessPolicy("no policy", List.of(new PolicyRule(0, true, List.of(),
            List.of(new NamePattern("*")), Optional.empty(), Optional.empty())), (_, _) -> false);

    private final String file;
    private final List<PolicyRule> rules;
    private final BiPredicate<String, NamePattern> inGroup;

    private AccessPolicy(String file, List<PolicyRule> rules, BiPredicate<String, NamePattern> inGroup) {
        this.file = file;
        this.rules = List.copyOf(rules);
        this.inGroup = inGroup;
    }

    /**
     * Reads a policy.
     *
     * @param file      {@code access_policy_file}
     * @param groupFile where groups list their members, {@code /etc/group}
     * @throws ConfigException naming the first line that is wrong
     */
    public static AccessPolicy load(Path file, Path groupFile) throws ConfigException {
        try {
            return parse(file.toString(), Files.readString(file), (user, group) -> isMember(groupFile, user, group));
        } catch (IOException e) {
            throw new ConfigException(file + ": the access policy cannot be read: " + e.getMessage());
        }
    }

    private static boolean isMember(Path groupFile, String user, NamePattern group) {
        try (var lines = Files.lines(groupFile)) {
            return lines.map(line -> line.split(":", -1)).anyMatch(fields -> fields.length == 4
                    && group.matches(fields[0]) && Arrays.asList(fields[3].split(",")).contains(user));
        } catch (IOException | java.io.UncheckedIOException _) {
            return false;
        }
    }

    /**
     * Reads a policy's text.
     *
     * @param file    the name for messages
     * @param text    all of it
     * @param inGroup whether a user is a member of a group whose name is like a pattern
     * @throws ConfigException naming the first line that is wrong
     */
    static AccessPolicy parse(String file, String text, BiPredicate<String, NamePattern> inGroup)
            throws ConfigException {
        List<PolicyRule> rules = new ArrayList<>();
        String[] lines = text.split("\\R", -1);
        for (int i = 0; i < lines.length; i++) {
            List<String> words = words(file, i + 1, lines[i]);
            if (!words.isEmpty()) {
                rules.add(rule(file, i + 1, words));
            }
        }
        return new AccessPolicy(file, rules, inGroup);
    }

    /** Words between blanks; one with blanks in it, as the name in a certificate may have, stands in quotes. */
    private static List<String> words(String file, int line, String text) throws ConfigException {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (Character.isWhitespace(c)) {
                at++;
            } else if (c == '#') {
                break;
            } else if (c == '"') {
                int end = text.indexOf('"', at + 1);
                if (end < 0) {
                    throw new ConfigException(file, line, "a text in quotes has no end");
                }
                words.add(text.substring(at + 1, end));
                at = end + 1;
            } else {
                int end = at;
                while (end < text.length() && !Character.isWhitespace(text.charAt(end))) {
                    end++;
                }
                words.add(text.substring(at, end));
                at = end;
            }
        }
        return words;
    }

    private static PolicyRule rule(String file, int line, List<String> words) throws ConfigException {
        List<String> rest = new ArrayList<>(words);
        boolean allow = switch (rest.removeFirst()) {
            case "allow" -> true;
            case "deny" -> false;
            case String other -> throw new ConfigException(file, line,
                    "a rule begins with allow or deny, and not with '" + other + "'");
        };
        List<PolicyRule.Who> who = who(file, line, rest);
        List<NamePattern> actions = actions(file, line, take(file, line, rest, "what may be done, such as domain.migrate"));
        Optional<NamePattern> guest = Optional.empty();
        Optional<NamePattern> to = Optional.empty();
        while (!rest.isEmpty()) {
            String word = rest.removeFirst();
            switch (word) {
                case "on" -> guest = once(file, line, word, guest, rest);
                case "to" -> to = once(file, line, word, to, rest);
                default -> throw new ConfigException(file, line, "'" + word + "' is not understood here; allowed is"
                        + " on GUEST, or to DESTINATION");
            }
        }
        return new PolicyRule(line, allow, who, actions, guest, to);
    }

    private static Optional<NamePattern> once(String file, int line, String word, Optional<NamePattern> before,
            List<String> rest) throws ConfigException {
        if (before.isPresent()) {
            throw new ConfigException(file, line, "'" + word + "' stands twice; one pattern is allowed");
        }
        return Optional.of(new NamePattern(take(file, line, rest, "a pattern after '" + word + "'")));
    }

    private static List<PolicyRule.Who> who(String file, int line, List<String> rest) throws ConfigException {
        List<PolicyRule.Who> who = new ArrayList<>();
        do {
            String kind = take(file, line, rest, "whom the rule is about");
            if (kind.equals("everybody")) {
                continue;
            }
            PolicyRule.Attribute attribute = Arrays.stream(PolicyRule.Attribute.values())
                    .filter(a -> a.name().toLowerCase(Locale.ROOT).equals(kind)).findFirst()
                    .orElseThrow(() -> new ConfigException(file, line, "'" + kind
                            + "' is none of everybody, user, group, sasl, dn, address"));
            who.add(new PolicyRule.Who(attribute, new NamePattern(take(file, line, rest, "a pattern after '" + kind + "'"))));
        } while (!rest.isEmpty() && rest.getFirst().equals("and") && rest.removeFirst() != null);
        return who;
    }

    /** A pattern that fits nothing there is would be a mistake that nobody notices. */
    private static List<NamePattern> actions(String file, int line, String text) throws ConfigException {
        List<NamePattern> actions = new ArrayList<>();
        for (String word : text.split(",", -1)) {
            NamePattern pattern = new NamePattern(word.replace(':', '.').replace('_', '-').toLowerCase(Locale.ROOT));
            if (Arrays.stream(Permission.values()).noneMatch(p -> pattern.matches(PolicyRule.word(p)))) {
                throw new ConfigException(file, line, "'" + word + "' is no permission; there are "
                        + String.join(", ", Arrays.stream(Permission.values()).map(PolicyRule::word).toList()));
            }
            actions.add(pattern);
        }
        return actions;
    }

    private static String take(String file, int line, List<String> rest, String what) throws ConfigException {
        if (rest.isEmpty()) {
            throw new ConfigException(file, line, what + " is missing; a rule is allow|deny WHO WHAT [on GUEST]"
                    + " [to DESTINATION]");
        }
        return rest.removeFirst();
    }

    /**
     * Whether a client may do something.
     *
     * @param client     who
     * @param permission what
     * @param target     with which guest; empty where it is not about one
     */
    public boolean allows(Identity client, Permission permission, Optional<Target> target) {
        for (PolicyRule rule : rules) {
            if (rule.fits(client, permission, target, inGroup)) {
                return rule.allow();
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return file;
    }
}

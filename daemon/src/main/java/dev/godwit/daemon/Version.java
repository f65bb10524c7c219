package dev.godwit.daemon;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The version of this build, as the module says it. */
final class Version {

    private static final Pattern NUMBERS = Pattern.compile("(\\d+)\\.(\\d+)\\.(\\d+).*");
    private static final int MAJOR = 1_000_000;
    private static final int MINOR = 1_000;

    private Version() {}

    /** For people. */
    static String text() {
        return Version.class.getModule().isNamed()
                ? Version.class.getModule().getDescriptor().rawVersion().orElse("(no version)") : "(no version)";
    }

    /** For the wire: 1000000 × major + 1000 × minor + micro. */
    static long number() {
        Matcher parts = NUMBERS.matcher(text());
        return parts.matches()
                ? Long.parseLong(parts.group(1)) * MAJOR + Long.parseLong(parts.group(2)) * MINOR
                        + Long.parseLong(parts.group(3))
                : 0;
    }
}

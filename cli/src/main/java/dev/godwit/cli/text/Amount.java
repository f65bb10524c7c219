package dev.godwit.cli.text;

import java.util.Locale;

/** Amounts for people. */
public final class Amount {

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private Amount() {}

    /** Bytes with three decimals in the largest unit that leaves a number above 1: {@code 1.500 GiB}. */
    public static String exact(long bytes) {
        return scaled(bytes, 3);
    }

    /** Bytes with one decimal: {@code 1.5 GiB}. */
    public static String brief(long bytes) {
        return scaled(bytes, 1);
    }

    private static String scaled(long bytes, int decimals) {
        double value = bytes < 0 ? (bytes >>> 1) * 2.0 : bytes;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%." + decimals + "f %s", value, UNITS[unit]);
    }

    /** Milliseconds as a time people read: {@code 340 ms}, {@code 2.5 s}, {@code 3 min 20 s}. */
    public static String time(long millis) {
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = millis / 1000;
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}

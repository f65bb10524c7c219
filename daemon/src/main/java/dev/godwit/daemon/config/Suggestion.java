package dev.godwit.daemon.config;

import java.util.Comparator;
import java.util.Optional;

/** Finds the key somebody probably meant. */
final class Suggestion {

    private Suggestion() {}

    /**
     * The key with the least difference to a word.
     *
     * @param word what was written
     * @return empty when none is near
     */
    static Optional<String> nearest(String word) {
        return ConfigKeys.all().stream()
                .map(ConfigKey::name)
                .min(Comparator.comparingInt(name -> distance(word, name)))
                .filter(name -> distance(word, name) <= Math.max(1, name.length() / 4));
    }

    /** Levenshtein's distance: how many characters to insert, drop or replace. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}

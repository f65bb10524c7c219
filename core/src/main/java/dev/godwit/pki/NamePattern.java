package dev.godwit.pki;

/**
 * A pattern of {@code tls_allowed_dn_list}: {@code *} stands for any number of characters, {@code ?} for one, everything
 * else for itself. That is what libvirt's daemons match with (GLib's simple patterns); brackets and backslashes are
 * nothing special.
 *
 * @param text the pattern
 */
public record NamePattern(String text) {

    /**
     * Whether a name fits.
     *
     * @param name the whole name, as {@link DistinguishedName#of} writes it
     */
    public boolean matches(String name) {
        int[] pattern = text.codePoints().toArray();
        int[] letters = name.codePoints().toArray();
        int p = 0;
        int n = 0;
        int star = -1;
        int from = 0;
        while (n < letters.length) {
            if (p < pattern.length && pattern[p] == '*') {
                star = p++;
                from = n;
            } else if (p < pattern.length && (pattern[p] == '?' || pattern[p] == letters[n])) {
                p++;
                n++;
            } else if (star >= 0) { // the last star takes one more
                p = star + 1;
                n = ++from;
            } else {
                return false;
            }
        }
        while (p < pattern.length && pattern[p] == '*') {
            p++;
        }
        return p == pattern.length;
    }
}

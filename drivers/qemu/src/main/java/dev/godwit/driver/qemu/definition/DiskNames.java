package dev.godwit.driver.qemu.definition;

import java.util.List;

/** Disk names: a prefix for the kind of disk, then letters that count {@code a … z, aa, ab …}. */
final class DiskNames {

    private static final List<String> PREFIXES = List.of("fd", "hd", "vd", "sd", "xvd", "ubd");

    private DiskNames() {}

    /** The number of a disk, 0 for {@code vda}; -1 if it is not such a name. */
    static int index(String name) {
        for (String prefix : PREFIXES) {
            if (name.startsWith(prefix)) {
                return count(name.substring(prefix.length()));
            }
        }
        return -1;
    }

    private static int count(String letters) {
        int end = 0;
        long index = 0;
        while (end < letters.length() && letters.charAt(end) >= 'a' && letters.charAt(end) <= 'z') {
            index = (index + (end == 0 ? 0 : 1)) * 26 + (letters.charAt(end) - 'a');
            end++;
            if (index > Integer.MAX_VALUE) {
                return -1;
            }
        }
        // A partition number may follow; it says nothing about the disk.
        boolean partition = letters.substring(end).chars().allMatch(c -> c >= '0' && c <= '9');
        return end == 0 || !partition ? -1 : (int) index;
    }
}

package dev.godwit.guest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * File names for guests. Ordinary names stay as they are; two names never share a file, whatever is in them.
 */
public final class FileNames {

    /** Leaves room for endings within the 255 bytes that file systems allow. */
    static final int MAX_LENGTH = 200;

    private FileNames() {}

    /**
     * A file name for a guest, without an ending.
     *
     * @param guest any name
     * @return at most 200 ASCII characters; every byte but letters, digits and {@code _ - + @ . ,} written as {@code %XX}, a
     *         leading dot too; what would be longer is cut and ends with {@code ~} and a hash of the whole name
     */
    public static String of(String guest) {
        byte[] bytes = guest.getBytes(StandardCharsets.UTF_8);
        StringBuilder name = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            boolean plain = b >= 'a' && b <= 'z'
                    || b >= 'A' && b <= 'Z'
                    || b >= '0' && b <= '9'
                    || b == '_' || b == '-' || b == '+' || b == '@' || b == ','
                    || b == '.' && !name.isEmpty();
            if (plain) {
                name.append((char) b);
            } else {
                name.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        if (name.length() <= MAX_LENGTH) {
            return name.toString();
        }
        String hash = HexFormat.of().formatHex(sha256(bytes), 0, 16);
        return name.substring(0, MAX_LENGTH - 1 - hash.length()) + "~" + hash;
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}

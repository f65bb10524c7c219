package dev.godwit.pki;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The distinguished encoding rules (ITU-T X.690), as far as certificates and keys need them. */
final class Der {

    static final int INTEGER = 0x02;
    static final int BIT_STRING = 0x03;
    static final int OCTET_STRING = 0x04;
    static final int NULL = 0x05;
    static final int OID = 0x06;
    static final int UTF8 = 0x0c;
    static final int PRINTABLE = 0x13;
    static final int TELETEX = 0x14;
    static final int IA5 = 0x16;
    static final int UTC_TIME = 0x17;
    static final int GENERALIZED_TIME = 0x18;
    static final int UNIVERSAL = 0x1c;
    static final int BMP = 0x1e;
    static final int SEQUENCE = 0x30;
    static final int SET = 0x31;
    /** Context-specific and constructed; plus the number. */
    static final int CONTEXT = 0xa0;
    /** Context-specific and primitive; plus the number. */
    static final int CONTEXT_PRIMITIVE = 0x80;

    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter GENERALIZED =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC);
    /** RFC 5280, section 4.1.2.5: from here on in the long form. */
    private static final Instant YEAR_2050 = Instant.parse("2050-01-01T00:00:00Z");

    private Der() {}

    /**
     * A value with its type.
     *
     * @param tag     the type
     * @param content the value's bytes
     * @param whole   type, length and value
     */
    record Item(int tag, byte[] content, byte[] whole) {

        /** What a constructed value consists of. */
        List<Item> items() {
            return Der.items(content);
        }
    }

    /** Reads one value that fills the bytes. */
    static Item read(byte[] bytes) {
        List<Item> all = items(bytes);
        if (all.size() != 1) {
            throw new IllegalArgumentException("not one DER value");
        }
        return all.getFirst();
    }

    /**
     * Reads values that follow each other.
     *
     * @throws IllegalArgumentException if the bytes are none
     */
    static List<Item> items(byte[] bytes) {
        List<Item> items = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int from = at;
            int tag = bytes[at++] & 0xff;
            if (at >= bytes.length || (tag & 0x1f) == 0x1f) {
                throw new IllegalArgumentException("not DER");
            }
            int length = bytes[at++] & 0xff;
            if (length > 0x80) {
                int count = length & 0x7f;
                if (count > 3 || at + count > bytes.length) {
                    throw new IllegalArgumentException("not DER");
                }
                length = 0;
                for (int i = 0; i < count; i++) {
                    length = length << 8 | bytes[at++] & 0xff;
                }
            } else if (length == 0x80) {
                throw new IllegalArgumentException("not DER");
            }
            if (length > bytes.length - at) {
                throw new IllegalArgumentException("not DER");
            }
            items.add(new Item(tag, Arrays.copyOfRange(bytes, at, at + length),
                    Arrays.copyOfRange(bytes, from, at + length)));
            at += length;
        }
        return items;
    }

    static byte[] value(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        byte[] bytes = content.toByteArray();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (bytes.length < 0x80) {
            out.write(bytes.length);
        } else {
            byte[] length = BigInteger.valueOf(bytes.length).toByteArray();
            int skip = length[0] == 0 ? 1 : 0;
            out.write(0x80 | length.length - skip);
            out.write(length, skip, length.length - skip);
        }
        out.writeBytes(bytes);
        return out.toByteArray();
    }

    static byte[] sequence(byte[]... parts) {
        return value(SEQUENCE, parts);
    }

    static byte[] sequence(List<byte[]> parts) {
        return value(SEQUENCE, parts.toArray(byte[][]::new));
    }

    static byte[] integer(BigInteger number) {
        return value(INTEGER, number.toByteArray());
    }

    static byte[] integer(long number) {
        return integer(BigInteger.valueOf(number));
    }

    static byte[] bool(boolean on) {
        return new byte[] {0x01, 0x01, (byte) (on ? 0xff : 0)};
    }

    static byte[] octets(byte[] bytes) {
        return value(OCTET_STRING, bytes);
    }

    static byte[] bits(byte[] bytes) {
        return value(BIT_STRING, new byte[] {0}, bytes);
    }

    static byte[] utf8(String text) {
        return value(UTF8, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] oid(String dotted) {
        String[] arcs = dotted.split("\\.");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        arc(out, Long.parseLong(arcs[0]) * 40 + Long.parseLong(arcs[1]));
        for (int i = 2; i < arcs.length; i++) {
            arc(out, Long.parseLong(arcs[i]));
        }
        return value(OID, out.toByteArray());
    }

    private static void arc(ByteArrayOutputStream out, long arc) {
        for (int shift = 56; shift > 0; shift -= 7) {
            if (arc >> shift != 0) {
                out.write((int) (arc >> shift & 0x7f | 0x80));
            }
        }
        out.write((int) (arc & 0x7f));
    }

    /** An object identifier's content in its dotted form. */
    static String dotted(byte[] content) {
        StringBuilder text = new StringBuilder();
        long arc = 0;
        for (byte b : content) {
            arc = arc << 7 | b & 0x7f;
            if ((b & 0x80) == 0) {
                if (text.isEmpty()) {
                    long first = Math.min(arc / 40, 2);
                    text.append(first).append('.').append(arc - first * 40);
                } else {
                    text.append('.').append(arc);
                }
                arc = 0;
            }
        }
        return text.toString();
    }

    static byte[] time(Instant time) {
        boolean far = !time.isBefore(YEAR_2050);
        return value(far ? GENERALIZED_TIME : UTC_TIME,
                (far ? GENERALIZED : UTC).format(time).getBytes(StandardCharsets.US_ASCII));
    }
}

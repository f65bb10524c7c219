package dev.godwit.wire.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The messages in {@code src/test/resources/golden}: captured between stock parts, with a decode of each. Only those of
 * our own program, the 13th file, were laid out by hand, except the answer of a libvirtd 11.3 in it.
 */
final class GoldenMessages {

    private static final List<String> FILES = List.of(
            "01-connection-start", "02-lookup-by-name", "03-begin3-params", "04-prepare3-params",
            "05-perform3-params", "06-finish3-params", "07-confirm3-params", "08-tunnel-stream", "09-keepalive",
            "10-events", "11-misc", "12-libvirt-11.3-direct", "13-resolution");

    /**
     * One message.
     *
     * @param name    what it is
     * @param bytes   the bytes from the length word on; cut short where {@code length} is more
     * @param length  the length of the whole message
     * @param header  its header, decoded by somebody else
     * @param body    its body, decoded by somebody else; null where there is none
     */
    record Message(String name, byte[] bytes, int length, Map<?, ?> header, Object body) {

        boolean isWhole() {
            return bytes.length == length;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private GoldenMessages() {}

    static List<Message> all() {
        List<Message> messages = new ArrayList<>();
        for (String file : FILES) {
            for (Object entry : (List<?>) Json.parse(read("/golden/" + file + ".json"))) {
                Map<?, ?> map = (Map<?, ?>) entry;
                byte[] bytes = HexFormat.of().parseHex((String) map.get("hex"));
                Map<?, ?> decoded = (Map<?, ?>) map.get("decoded");
                int length = map.get("full_length") instanceof Number whole ? whole.intValue() : bytes.length;
                messages.add(new Message(file + ": " + map.get("name"), bytes, length,
                        (Map<?, ?>) decoded.get("header"), decoded.get("body")));
            }
        }
        return messages;
    }

    private static String read(String resource) {
        try (InputStream in = GoldenMessages.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

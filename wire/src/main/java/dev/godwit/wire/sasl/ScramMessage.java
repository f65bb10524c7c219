package dev.godwit.wire.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.security.sasl.SaslException;

/** One message of SCRAM: attributes of one letter, separated by commas. */
final class ScramMessage {

    private final String text;
    private final Map<Character, String> attributes = new HashMap<>();

    private ScramMessage(String text) {
        this.text = text;
    }

    /** Reads a message. */
    static ScramMessage parse(String text) throws SaslException {
        ScramMessage message = new ScramMessage(text);
        for (String part : text.split(",", -1)) {
            if (part.length() < 2 || part.charAt(1) != '=' || !Character.isLetter(part.charAt(0))
                    || message.attributes.putIfAbsent(part.charAt(0), part.substring(2)) != null) {
                throw new SaslException("a SCRAM message that is malformed");
            }
        }
        if (message.attributes.containsKey('m')) {
            throw new SaslException("a mandatory SCRAM extension, and none is known");
        }
        return message;
    }

    static String utf8(byte[] bytes) throws SaslException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new SaslException("a SCRAM message that is not UTF-8", e);
        }
    }

    String text() {
        return text;
    }

    boolean has(char name) {
        return attributes.containsKey(name);
    }

    String get(char name) throws SaslException {
        String value = attributes.get(name);
        if (value == null) {
            throw new SaslException("a SCRAM message without '" + name + "'");
        }
        return value;
    }

    byte[] bytes(char name) throws SaslException {
        try {
            return Base64.getDecoder().decode(get(name));
        } catch (IllegalArgumentException e) {
            throw new SaslException("a SCRAM message whose '" + name + "' is not in base 64", e);
        }
    }

    /** A user name as it stands in a message: commas and equals signs have other forms there. */
    static String escaped(String user) {
        return user.replace("=", "=3D").replace(",", "=2C");
    }

    static String unescaped(String text) throws SaslException {
        if (!text.matches("([^=]|=3D|=2C)*")) {
            throw new SaslException("a SCRAM user name that is malformed");
        }
        return text.replace("=2C", ",").replace("=3D", "=");
    }

    static byte[] xor(byte[] one, byte[] other) {
        byte[] result = one.clone();
        for (int i = 0; i < result.length; i++) {
            result[i] ^= other[i];
        }
        return result;
    }
}

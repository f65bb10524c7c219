package dev.godwit.driver.qemu.qmp;

import java.io.StringWriter;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;

/**
 * JSON values from text and back.
 *
 * <p>The bounds: 64 MiB of text, 1024 levels (QEMU's own limit), names of 64 KiB, numbers of 64
 * characters. A name that comes twice in an object is refused, because two readers would not agree
 * on what it means.
 */
final class JsonText {

    /** The longest text that is read, in bytes. */
    static final int MAX_BYTES = 64 << 20;

    /** The deepest nesting that is read and written. */
    static final int MAX_DEPTH = 1024;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxDocumentLength(MAX_BYTES)
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_BYTES)
                    .maxNameLength(1 << 16)
                    .maxNumberLength(64)
                    .build())
            .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private JsonText() {}

    /**
     * Reads one value that must be all of the text.
     *
     * @param utf8 the text
     * @return the value
     * @throws JsonException if the text is anything else
     */
    static Json read(byte[] utf8) {
        if (utf8.length > MAX_BYTES) {
            throw new JsonException("The JSON text has " + utf8.length + " bytes; at most " + MAX_BYTES + " are read.");
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
            if (parser.nextToken() == null) {
                throw new JsonException("There is no JSON value in an empty text.");
            }
            Json value = value(parser);
            if (parser.nextToken() != null) {
                throw new JsonException("There is more text after the JSON value.");
            }
            return value;
        } catch (JacksonException e) {
            // Beyond one of the limits the reader does not say where.
            String where = e.getLocation() == null ? "" : " (byte " + e.getLocation().getByteOffset() + ")";
            throw new JsonException("The text is not JSON: " + e.getOriginalMessage() + where + ".", e);
        }
    }

    /** What is being filled: one list or one object. */
    private static final class Open {
        final List<Json> elements = new ArrayList<>();
        final LinkedHashMap<String, Json> members;
        String name = "";

        Open(boolean object) {
            members = object ? new LinkedHashMap<>() : null;
        }

        void add(Json value) {
            if (members == null) {
                elements.add(value);
            } else {
                members.put(name, value);
            }
        }

        Json close() {
            return members == null ? new Json.Arr(elements) : new Json.Obj(members);
        }
    }

    /** Reads the value that begins at the current token. A loop and no recursion: depth is not ours to choose. */
    private static Json value(JsonParser parser) {
        var open = new ArrayDeque<Open>();
        for (JsonToken token = parser.currentToken(); ; token = parser.nextToken()) {
            Json done;
            switch (token) {
                case null -> throw new JsonException("The JSON text ends in the middle of a value.");
                case START_OBJECT, START_ARRAY -> {
                    open.push(new Open(token == JsonToken.START_OBJECT));
                    continue;
                }
                case PROPERTY_NAME -> {
                    open.element().name = parser.currentName();
                    continue;
                }
                case END_OBJECT, END_ARRAY -> done = open.pop().close();
                case VALUE_STRING -> done = new Json.Str(parser.getString());
                case VALUE_NUMBER_INT -> done = integer(parser);
                case VALUE_NUMBER_FLOAT -> done = real(parser);
                case VALUE_TRUE -> done = new Json.Bool(true);
                case VALUE_FALSE -> done = new Json.Bool(false);
                case VALUE_NULL -> done = Json.NULL;
                default -> throw new JsonException("The JSON text has an unexpected " + token + ".");
            }
            if (open.isEmpty()) {
                return done;
            }
            open.element().add(done);
        }
    }

    private static Json integer(JsonParser parser) {
        if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return new Json.Int(parser.getLongValue());
        }
        BigInteger value = parser.getBigIntegerValue();
        if (value.signum() < 0 || value.bitLength() > Long.SIZE) {
            throw new JsonException("The integer " + value + " does not fit 64 bits.");
        }
        return new Json.Uint(value.longValue());
    }

    private static Json real(JsonParser parser) {
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw new JsonException("The number " + parser.getString() + " does not fit a double.");
        }
        return new Json.Real(value);
    }

    /**
     * The compact text of a value, on one line.
     *
     * @param value the value
     * @return JSON
     * @throws JsonException if it has more than {@value #MAX_DEPTH} levels
     */
    static String write(Json value) {
        var text = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
            write(value, generator);
        } catch (JacksonException e) {
            throw new JsonException("The value cannot be written as JSON: " + e.getOriginalMessage(), e);
        }
        return text.toString();
    }

    private static void write(Json value, JsonGenerator out) {
        switch (value) {
            case Json.Obj object -> {
                out.writeStartObject();
                for (Map.Entry<String, Json> member : object.members().entrySet()) {
                    out.writeName(member.getKey());
                    write(member.getValue(), out);
                }
                out.writeEndObject();
            }
            case Json.Arr(List<Json> elements) -> {
                out.writeStartArray();
                elements.forEach(element -> write(element, out));
                out.writeEndArray();
            }
            case Json.Str(String text) -> out.writeString(text);
            case Json.Int(long integer) -> out.writeNumber(integer);
            case Json.Uint uint -> out.writeNumber(uint.toBigInteger());
            case Json.Real(double number) -> out.writeNumber(number);
            case Json.Bool(boolean is) -> out.writeBoolean(is);
            case Json.Null() -> out.writeNull();
        }
    }
}

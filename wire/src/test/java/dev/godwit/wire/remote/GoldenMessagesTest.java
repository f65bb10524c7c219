package dev.godwit.wire.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.FrameWriter;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.WireEnum;
import dev.godwit.wire.xdr.XdrCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What daemons and clients sent each other is read as they meant it, and written byte for byte the same. */
class GoldenMessagesTest {

    @Test
    void everyFileIsRead() {
        assertThat(GoldenMessages.all()).hasSize(67);
    }

    @ParameterizedTest
    @MethodSource("dev.godwit.wire.remote.GoldenMessages#all")
    void isReadAndWritten(GoldenMessages.Message message) throws Exception {
        // The captured head of a long message is completed with zeros: stream data may be anything.
        byte[] bytes = Arrays.copyOf(message.bytes(), message.length());
        Frame frame = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes))).read().orElseThrow();
        Header header = frame.header();

        assertThat(frame.length()).isEqualTo(number(message.header().get("length")));
        assertThat(header.program()).isEqualTo(Integer.decode((String) message.header().get("program")));
        assertThat(header.version()).isEqualTo(number(message.header().get("version")));
        assertThat(header.procedure()).isEqualTo(number(message.header().get("procedure")));
        assertThat(header.serial()).isEqualTo(number(message.header().get("serial")));
        assertThat(header.messageType() + "(" + header.type() + ")").isEqualTo(message.header().get("type"));
        assertThat(header.messageStatus() + "(" + header.status() + ")").isEqualTo(message.header().get("status"));

        Frame again = frame;
        Optional<XdrCodec<?>> codec = codec(header);
        if (codec.isPresent()) {
            Object value = codec.get().decodeAll(frame.payload());
            assertThat(normal(value)).isEqualTo(normalExpected(message.body(), value));
            again = rewrite(header, codec.get(), value);
        }
        assertThat(HexFormat.of().formatHex(written(again))).isEqualTo(HexFormat.of().formatHex(bytes));
    }

    @Test
    void mostOfThemHaveACodec() {
        long decoded = GoldenMessages.all().stream()
                .filter(GoldenMessages.Message::isWhole)
                .map(m -> codec(new Header(Integer.decode((String) m.header().get("program")), 1,
                        number(m.header().get("procedure")), number(((String) m.header().get("type"))
                                .replaceAll(".*\\((\\d)\\)", "$1")), 0, 0)))
                .filter(Optional::isPresent).count();
        // All but two of keepalive and two ends of streams.
        assertThat(decoded).isEqualTo(67 - 2 - 2 - 2);
    }

    @SuppressWarnings("unchecked")
    private static <T> Frame rewrite(Header header, XdrCodec<?> codec, Object value) {
        return Frame.of(header, (XdrCodec<T>) codec, (T) value);
    }

    private static byte[] written(Frame frame) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (FrameWriter writer = new FrameWriter(Channels.newChannel(out), "test")) {
            writer.write(frame);
        }
        return out.toByteArray();
    }

    private static Optional<XdrCodec<?>> codec(Header header) {
        Optional<Procedure<?, ?>> procedure = RemoteProtocol.procedure(header.program(), header.procedure());
        return switch (header.messageType()) {
            case CALL -> procedure.map(Procedure::args);
            case REPLY -> header.messageStatus() == MessageStatus.ERROR
                    ? Optional.of(XdrCodec.of(RemoteError.class)) : procedure.map(Procedure::ret);
            case MESSAGE -> RemoteProtocol.event(header.program(), header.procedure()).map(Event::codec);
            default -> Optional.empty();
        };
    }

    /** A record as nested maps, names without underscores, values as the golden files show them. */
    private static Object normal(Object value) {
        return switch (value) {
            case Optional<?> optional -> optional.map(GoldenMessagesTest::normal).orElse(null);
            case List<?> list -> list.stream().map(GoldenMessagesTest::normal).toList();
            case UUID uuid -> uuid.toString().replace("-", "");
            case Opaque opaque -> new String(opaque.toByteArray(), StandardCharsets.UTF_8).replaceAll("\0+$", "");
            case Number number -> new BigDecimal(number.toString());
            case WireEnum constant -> new BigDecimal(constant.wire());
            case ParamValue param -> {
                RecordComponent only = param.getClass().getRecordComponents()[0];
                yield Map.of("type", param.typeName(), "v", normal(get(param, only)));
            }
            case Record struct -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (RecordComponent component : struct.getClass().getRecordComponents()) {
                    map.put(component.getName().toLowerCase(Locale.ROOT), normal(get(struct, component)));
                }
                yield map;
            }
            default -> value;
        };
    }

    private static Object get(Object struct, RecordComponent component) {
        try {
            return component.getAccessor().invoke(struct);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Object normalExpected(Object body, Object value) {
        if (body == null) {
            assertThat(value).isEqualTo(Nothing.NOTHING);
            return Map.of();
        }
        return expected(body);
    }

    private static Object expected(Object body) {
        return switch (body) {
            case null -> null;
            case Map<?, ?> map -> {
                Map<String, Object> normal = new LinkedHashMap<>();
                map.forEach((name, value) -> {
                    if (name.equals("msg")) {
                        // The body of a lifecycle event is a struct of its own upstream; it has no bytes of its own.
                        ((Map<?, ?>) value).forEach((n, v) -> normal.put(plain(n), expected(v)));
                    } else {
                        normal.put(plain(name), expected(value));
                    }
                });
                yield normal;
            }
            case List<?> list -> list.stream().map(GoldenMessagesTest::expected).toList();
            case String text when text.startsWith("REMOTE_AUTH_") ->
                    new BigDecimal(text.replaceAll(".*\\((\\d+)\\)", "$1"));
            case String text -> text.replaceAll("\0+$", "");
            default -> body;
        };
    }

    private static String plain(Object name) {
        return name.toString().replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static int number(Object value) {
        return new BigDecimal(value.toString()).intValueExact();
    }

    @Test
    void aPrefixOfEveryMessageIsCut() {
        for (GoldenMessages.Message message : GoldenMessages.all()) {
            for (int cut = 1; cut < Math.min(200, message.length()); cut++) {
                byte[] bytes = Arrays.copyOf(message.bytes(), Math.min(cut, message.bytes().length));
                FrameReader reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)));
                org.assertj.core.api.Assertions.assertThatThrownBy(reader::read).as("%s, %d bytes", message, cut)
                        .isInstanceOf(java.io.EOFException.class);
            }
        }
    }

    @Test
    void aHeaderKeepsNumbersNobodyKnows() throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(28).putInt(28).putInt(1).putInt(2).putInt(3).putInt(99).putInt(-1)
                .putInt(77).flip();
        Header header = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes.array())))
                .read().orElseThrow().header();
        assertThat(header).isEqualTo(new Header(1, 2, 3, 99, -1, 77));
        assertThat(header.messageType()).isEqualTo(MessageType.UNKNOWN);
        assertThat(header.messageStatus()).isEqualTo(MessageStatus.UNKNOWN);
    }
}

package dev.godwit.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.invoke.MethodHandles;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Literal bytes, a word at a time, for each row of the table in {@link XdrCodec}, and what is refused. */
class XdrCodecTest {

    public record Numbers(int a, @Unsigned int b, long c, @Unsigned long d, double e, boolean f) {}

    public record Texts(String text, @AtMost(5) String shortText) {}

    public record Bytes(@AtMost(6) Opaque some, @Exactly(3) Opaque three, UUID uuid) {}

    public record Words(@Chars @Exactly(4) Opaque four, @Chars @AtMost(3) Opaque some) {}

    public record Many(@AtMost(3) List<Integer> ints, @AtMost(2) List<@Unsigned Long> longs,
                       @AtMost(2) List<@AtMost(4) String> texts, @AtMost(2) List<Texts> structs) {}

    public record Perhaps(Optional<String> text, Optional<@AtMost(4) Opaque> bytes, Optional<Integer> number) {}

    public enum Colour implements WireEnum {
        RED(3), BLUE(-1);

        private final int wire;

        Colour(int wire) {
            this.wire = wire;
        }

        @Override
        public int wire() {
            return wire;
        }
    }

    public record Painted(Colour colour) {}

    public sealed interface Shape {
        @Arm(1)
        record Circle(int radius) implements Shape {}

        @Arm(2)
        record Box(int width, int height) implements Shape {}

        sealed interface Special extends Shape {
            @Arm(9)
            record Point() implements Special {}
        }
    }

    public record Drawing(Shape shape, Optional<Shape> frame) {}

    public record Checked(int positive) {
        public Checked {
            if (positive <= 0) {
                throw new IllegalArgumentException("not positive");
            }
        }
    }

    private static <T extends Record> void bothWays(Class<T> type, T value, String hex) {
        XdrCodec<T> codec = XdrCodec.of(type);
        String bytes = hex.replaceAll("\\s+", "");
        assertThat(HexFormat.of().formatHex(array(codec.encode(value)))).isEqualTo(bytes);
        assertThat(codec.decodeAll(bytes(hex))).isEqualTo(value);
    }

    private static byte[] array(ByteBuffer buffer) {
        byte[] array = new byte[buffer.remaining()];
        buffer.get(array);
        return array;
    }

    private static ByteBuffer bytes(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replaceAll("\\s+", "")));
    }

    private static XdrException refused(Class<?> type, String hex) {
        XdrException e = catchThrowableOfType(XdrException.class, () -> XdrCodec.of(type).decodeAll(bytes(hex)));
        assertThat(e).as("refusal of %s", hex).isNotNull();
        return e;
    }

    @Test
    void numbers() {
        bothWays(Numbers.class, new Numbers(-2, -2, -3, -3, 1.5, true), """
                fffffffe
                fffffffe
                fffffffffffffffd
                fffffffffffffffd
                3ff8000000000000
                00000001
                """);
        assertThat(refused(Numbers.class, "00".repeat(32) + "00000002")).hasMessage(
                "f: 2 is neither 0 nor 1 (at byte 32)");
    }

    @Test
    void texts() {
        bothWays(Texts.class, new Texts("", "a"), "00000000 00000001 61000000");
        bothWays(Texts.class, new Texts("grün", "four"), "00000005 6772c3bc 6e000000 00000004 666f7572");
        bothWays(Texts.class, new Texts("\uD83D\uDC1E", ""), "00000004 f09f909e 00000000");
    }

    @Test
    void malformedTextIsRefused() {
        // A lone continuation byte, a surrogate in UTF-8, an overlong slash, a cut sequence.
        for (String bad : List.of("80000000", "eda08000", "c0af0000", "c3000000")) {
            int length = switch (bad) {
                case "eda08000" -> 3;
                case "c0af0000" -> 2;
                default -> 1;
            };
            assertThat(refused(Texts.class, "0000000" + length + bad + "00000000").path()).isEqualTo("text");
        }
        bothWays(Texts.class, new Texts("\uFFFD", ""), "00000003 efbfbd00 00000000");
        assertThatThrownBy(() -> XdrCodec.of(Texts.class).encode(new Texts("a\uD83Db", "")))
                .isInstanceOf(XdrException.class).hasMessage("text: holds half a surrogate pair");
    }

    @Test
    void bytesWithACountAndWithout() {
        UUID uuid = new UUID(0x60601d0000014001L, 0x80016060606060aaL);
        bothWays(Bytes.class, new Bytes(Opaque.of((byte) 1, (byte) 2), Opaque.of((byte) 7, (byte) 8, (byte) 9), uuid),
                "00000002 01020000 07080900 60601d00 00014001 80016060 606060aa");
        assertThatThrownBy(() -> XdrCodec.of(Bytes.class).encode(new Bytes(Opaque.empty(), Opaque.empty(), uuid)))
                .isInstanceOf(XdrException.class).hasMessage("three: has 0 bytes instead of 3");
    }

    @Test
    void charsTakeAWordEach() {
        bothWays(Words.class, new Words(Opaque.ofTextPadded("x8", 4), Opaque.of((byte) -1)),
                "00000078 00000038 00000000 00000000 00000001 ffffffff");
        // A peer without signs extends with zeros; we read that too.
        assertThat(XdrCodec.of(Words.class).decodeAll(bytes(
                "00000078 00000038 00000000 00000000 00000001 000000ff")).some()).isEqualTo(Opaque.of((byte) -1));
        assertThat(refused(Words.class, "00000078 00000100 00000000 00000000 00000000")).hasMessage(
                "four[1]: 256 is no char (at byte 4)");
    }

    @Test
    void lists() {
        bothWays(Many.class, new Many(List.of(1, -1), List.of(5L), List.of("a", ""), List.of(new Texts("b", "c"))), """
                00000002 00000001 ffffffff
                00000001 0000000000000005
                00000002 00000001 61000000 00000000
                00000001 00000001 62000000 00000001 63000000
                """);
        assertThat(refused(Many.class, "00000000 00000000 00000000 00000001 00000000 00000006").path())
                .isEqualTo("structs[0].shortText");
    }

    @Test
    void listsThatWereReadCannotBeChanged() {
        Many many = XdrCodec.of(Many.class).decodeAll(bytes("00000001 00000001 00000000 00000000 00000000"));
        assertThatThrownBy(() -> many.ints().add(2)).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void whatMayBeAbsent() {
        bothWays(Perhaps.class, new Perhaps(Optional.empty(), Optional.of(Opaque.of((byte) 5)), Optional.of(6)),
                "00000000 00000001 00000001 05000000 00000001 00000006");
        assertThat(refused(Perhaps.class, "00000002").path()).isEqualTo("text");
    }

    @Test
    void enums() {
        bothWays(Painted.class, new Painted(Colour.RED), "00000003");
        bothWays(Painted.class, new Painted(Colour.BLUE), "ffffffff");
        assertThat(refused(Painted.class, "00000004")).hasMessage("colour: 4 is no XdrCodecTest.Colour (at byte 0)");
    }

    @Test
    void unions() {
        bothWays(Drawing.class, new Drawing(new Shape.Box(2, 3), Optional.of(new Shape.Circle(4))),
                "00000002 00000002 00000003 00000001 00000001 00000004");
        bothWays(Drawing.class, new Drawing(new Shape.Special.Point(), Optional.empty()), "00000009 00000000");
        assertThat(refused(Drawing.class, "00000003 00000001 00000000")).hasMessage(
                "shape: 3 selects no arm of XdrCodecTest.Shape (at byte 0)");
        XdrCodec<Shape> family = XdrCodec.of(Shape.class);
        assertThat(family.decodeAll(family.encode(new Shape.Circle(1)))).isEqualTo(new Shape.Circle(1));
    }

    @Test
    void aRecordThatChecksItselfRefusesBadInput() {
        assertThat(refused(Checked.class, "00000000")).hasMessage("not positive (at byte 0)");
    }

    @Test
    void everyLengthIsComparedWithItsBoundFirst() {
        // 2^31-1, 2^31 and 2^32-1: larger than what is allowed and than what is there, none of them negative.
        for (String forged : List.of("7fffffff", "80000000", "ffffffff")) {
            assertThat(refused(Texts.class, forged + "00000000")).hasMessageContaining("is more than 4194304 bytes");
            assertThat(refused(Texts.class, "00000000" + forged).path()).isEqualTo("shortText");
            assertThat(refused(Bytes.class, forged + "00000000").path()).isEqualTo("some");
            assertThat(refused(Words.class, "00".repeat(16) + forged).path()).isEqualTo("some");
            assertThat(refused(Many.class, forged + "00000000")).hasMessageContaining("is more than 3 elements");
        }
        assertThat(refused(Many.class, "00000003 00000001 00000001")).hasMessage(
                "ints: 3 elements do not fit into 8 bytes (at byte 0)");
        assertThat(refused(Texts.class, "00400000 61")).hasMessage(
                "text: needs 4194304 bytes, 1 are left (at byte 4)");
    }

    @Test
    void bothEndsOfABoundHold() {
        XdrCodec<Texts> codec = XdrCodec.of(Texts.class);
        assertThat(codec.decodeAll(codec.encode(new Texts("", "12345"))).shortText()).hasSize(5);
        assertThatThrownBy(() -> codec.encode(new Texts("", "123456"))).isInstanceOf(XdrException.class)
                .hasMessage("shortText: length 6 is more than 5 bytes");
        // The bound counts bytes and not characters.
        assertThatThrownBy(() -> codec.encode(new Texts("", "üüü"))).isInstanceOf(XdrException.class);
        assertThatThrownBy(() -> XdrCodec.of(Many.class).encode(
                new Many(List.of(1, 2, 3, 4), List.of(), List.of(), List.of())))
                .hasMessage("ints: length 4 is more than 3 elements");
        String longest = "x".repeat(XdrCodec.STRING_LIMIT);
        assertThat(codec.decodeAll(codec.encode(new Texts(longest, ""))).text()).hasSize(XdrCodec.STRING_LIMIT);
        assertThatThrownBy(() -> codec.encode(new Texts(longest + "x", ""))).isInstanceOf(XdrException.class);
    }

    @Test
    void paddingMustBeZero() {
        assertThat(refused(Texts.class, "00000001 61000100 00000000")).hasMessage(
                "text: padding is not zero (at byte 6)");
        assertThat(refused(Bytes.class, "00000000 07080901" + "00".repeat(16)).path()).isEqualTo("three");
    }

    @Test
    void whatIsLeftOverIsRefusedOrLeft() {
        ByteBuffer in = bytes("00000003 00000000");
        assertThatThrownBy(() -> XdrCodec.of(Painted.class).decodeAll(in))
                .isInstanceOf(XdrException.class).hasMessage("4 bytes left over (at byte 4)");
        assertThat(in.position()).isZero();
        assertThat(XdrCodec.of(Painted.class).decode(in)).isEqualTo(new Painted(Colour.RED));
        assertThat(in.position()).isEqualTo(4);
    }

    @Test
    void everyPrefixIsRefused() {
        byte[] whole = array(XdrCodec.of(Many.class).encode(
                new Many(List.of(1, 2), List.of(3L), List.of("abc"), List.of(new Texts("d", "e")))));
        for (int i = 0; i < whole.length; i++) {
            int length = i;
            assertThatThrownBy(() -> XdrCodec.of(Many.class).decodeAll(ByteBuffer.wrap(whole, 0, length)))
                    .as("%d bytes", i).isInstanceOf(XdrException.class);
        }
    }

    @Test
    void anyKindOfBufferWillDo() {
        XdrCodec<Texts> codec = XdrCodec.of(Texts.class);
        Texts value = new Texts("wörd", "x");
        byte[] bytes = array(codec.encode(value));
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.LITTLE_ENDIAN);
        codec.encode(value, direct);
        assertThat(codec.decodeAll(direct.flip())).isEqualTo(value);
        byte[] wide = new byte[bytes.length + 10];
        System.arraycopy(bytes, 0, wide, 7, bytes.length);
        ByteBuffer middle = ByteBuffer.wrap(wide, 7, bytes.length).slice().asReadOnlyBuffer();
        assertThat(codec.decodeAll(middle)).isEqualTo(value);
    }

    @Test
    void aBufferThatIsTooSmallIsLeftAsItWas() {
        ByteBuffer small = ByteBuffer.allocate(10).position(2);
        assertThatThrownBy(() -> XdrCodec.of(Texts.class).encode(new Texts("12345", ""), small))
                .isInstanceOf(BufferOverflowException.class);
        assertThat(small.position()).isEqualTo(2);
    }

    @Test
    void nullIsRefusedByName() {
        assertThatThrownBy(() -> XdrCodec.of(Many.class).encode(
                new Many(Arrays.asList(1, null), List.of(), List.of(), List.of())))
                .isInstanceOf(XdrException.class).hasMessage("ints[1]: is null");
    }

    public record NoBound(List<Integer> list) {}

    public record NoForm(Object thing) {}

    public record ByteArray(byte[] bytes) {}

    public record BareOpaque(Opaque bytes) {}

    public record TwoSizes(@AtMost(3) @Exactly(3) Opaque bytes) {}

    public record BoundOnNumber(@AtMost(3) int number) {}

    public record UnsignedText(@Unsigned String text) {}

    public record Nothing() {}

    public record ManyNothings(@AtMost(1000000) List<Nothing> list) {}

    public record Endless(@AtMost(2) List<Endless> list) {}

    public sealed interface Armless {
        record One() implements Armless {}
    }

    public sealed interface Twins {
        @Arm(1)
        record One() implements Twins {}

        @Arm(1)
        record Two() implements Twins {}
    }

    public enum SameNumbers implements WireEnum {
        A, B;

        @Override
        public int wire() {
            return 1;
        }
    }

    public record SameNumber(SameNumbers number) {}

    @Test
    void aBadDeclarationIsNamed() {
        badly(NoBound.class, "XdrCodecTest.NoBound.list: a List needs @AtMost");
        badly(NoForm.class, "XdrCodecTest.NoForm.thing: Object has no form on the wire");
        badly(ByteArray.class, "XdrCodecTest.ByteArray.bytes: ");
        badly(BareOpaque.class, "XdrCodecTest.BareOpaque.bytes: Opaque needs one of @AtMost and @Exactly");
        badly(TwoSizes.class, "XdrCodecTest.TwoSizes.bytes: Opaque needs one of");
        badly(BoundOnNumber.class, "XdrCodecTest.BoundOnNumber.number: @AtMost means nothing on int");
        badly(UnsignedText.class, "XdrCodecTest.UnsignedText.text: @Unsigned needs an int or a long");
        badly(ManyNothings.class, "XdrCodecTest.ManyNothings.list: elements that take no bytes");
        badly(Endless.class, "XdrCodecTest.Endless.list: ");
        badly(Armless.class, "needs @Arm");
        badly(Twins.class, "two arms 1");
        badly(SameNumber.class, "have the same number");
        badly(String.class, "neither a record nor a sealed interface");
    }

    private static void badly(Class<?> type, String why) {
        assertThatThrownBy(() -> XdrCodec.of(type)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why);
    }

    private record Hidden(int value) {}

    @Test
    void aLookupOpensWhatIsHidden() {
        XdrCodec<Hidden> codec = XdrCodec.of(Hidden.class, MethodHandles.lookup());
        assertThat(codec.decodeAll(codec.encode(new Hidden(5)))).isEqualTo(new Hidden(5));
    }

    @Test
    void theCodecIsKept() {
        assertThat(XdrCodec.of(Numbers.class)).isSameAs(XdrCodec.of(Numbers.class));
    }

    @Test
    void theLayoutIsText() {
        assertThat(XdrCodec.of(Drawing.class).layout()).isEqualTo("""
                struct XdrCodecTest.Shape.Circle {
                    int radius;
                };

                struct XdrCodecTest.Shape.Box {
                    int width;
                    int height;
                };

                struct XdrCodecTest.Shape.Special.Point {
                };

                union XdrCodecTest.Shape switch (int) {
                case 1:
                    XdrCodecTest.Shape.Circle value;
                case 2:
                    XdrCodecTest.Shape.Box value;
                case 9:
                    XdrCodecTest.Shape.Special.Point value;
                };

                struct XdrCodecTest.Drawing {
                    XdrCodecTest.Shape shape;
                    XdrCodecTest.Shape *frame;
                };
                """);
        assertThat(XdrCodec.of(Words.class).layout()).contains("char four[4];", "char some<3>;");
        assertThat(XdrCodec.of(Many.class).layout()).contains(
                "int ints<3>;", "unsigned hyper longs<2>;", "string texts<2><4>;");
        assertThat(XdrCodec.of(Painted.class).layout()).contains("RED = 3", "BLUE = -1");
    }
}

package dev.godwit.driver.qemu.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void keepsEveryBitOfAnUnsignedNumber() {
        Json.Obj stats = Json.parse("{\"free\": 18446744073709551615, \"half\": 9223372036854775808}").asObject();
        assertThat(Long.toUnsignedString(stats.unsigned("free"))).isEqualTo("18446744073709551615");
        assertThat(Long.toUnsignedString(stats.unsigned("half"))).isEqualTo("9223372036854775808");
        assertThat(stats).hasToString("{\"free\":18446744073709551615,\"half\":9223372036854775808}");
        assertThatThrownBy(() -> stats.integer("free")).isInstanceOf(JsonException.class).hasMessageContaining("free");
    }

    @Test
    void readsTheEndsOfSignedNumbers() {
        Json.Obj ends = Json.parse("{\"low\": -9223372036854775808, \"high\": 9223372036854775807}").asObject();
        assertThat(ends.integer("low")).isEqualTo(Long.MIN_VALUE);
        assertThat(ends.integer("high")).isEqualTo(Long.MAX_VALUE);
        assertThat(ends.unsigned("high")).isEqualTo(Long.MAX_VALUE);
        assertThatThrownBy(() -> ends.unsigned("low")).isInstanceOf(JsonException.class);
    }

    @Test
    void keepsTheOrderOfMembersAndEscapes() {
        String text = "{\"z\":1,\"a\":[true,null,-2.5,\"\\\"\\\\ \\n \\u0001 \u00e4 \uD83D\uDC26\"],\"m\":{}}";
        Json value = Json.parse(text);
        assertThat(value.asObject().members().keySet()).containsExactly("z", "a", "m");
        assertThat(Json.parse(value.toString())).isEqualTo(value);
        assertThat(value.asObject().list("a", x -> x).get(3).asText()).isEqualTo("\"\\ \n \u0001 \u00e4 \uD83D\uDC26");
    }

    @Test
    void aMemberThatIsNullCountsAsAbsent() {
        Json.Obj object = Json.parse("{\"x\":null}").asObject();
        assertThat(object.get("x")).isEmpty();
        assertThat(object.has("x")).isTrue();
        assertThat(object.optText("x")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1,", "{\"a\"}", "{\"a\":1,}", "{} {}", "nul", "01", "1e999", "'a'",
        "{\"a\":1,\"a\":2}", "18446744073709551616", "-9223372036854775809", "\"\\ud83d", "NaN", "[1 2]",
        "/* */ 1", "\"a\nb\""})
    void refusesWhatIsNotJson(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void refusesBytesThatAreNotUtf8() {
        assertThatThrownBy(() -> JsonText.read(new byte[] {'"', (byte) 0xc3, (byte) 0x28, '"'}))
                .isInstanceOf(JsonException.class);
    }

    @Test
    void readsToItsDepthAndNoDeeper() {
        int depth = JsonText.MAX_DEPTH;
        Json deepest = Json.parse("[".repeat(depth) + "]".repeat(depth));
        assertThat(deepest.toString()).hasSize(2 * depth);
        assertThatThrownBy(() -> Json.parse("[".repeat(depth + 1) + "]".repeat(depth + 1)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("{\"a\":".repeat(2_000_000))).isInstanceOf(JsonException.class);
    }

    @Test
    void refusesMoreThanItsSize() {
        byte[] tooLong = new byte[JsonText.MAX_BYTES + 1];
        java.util.Arrays.fill(tooLong, (byte) ' ');
        tooLong[0] = '1';
        assertThatThrownBy(() -> JsonText.read(tooLong)).isInstanceOf(JsonException.class)
                .hasMessageContaining("67108865 bytes");
    }

    @Test
    void namesTheMemberThatIsWrong() {
        Json.Obj object = Json.parse("{\"status\": 7, \"list\": {}}").asObject();
        assertThatThrownBy(() -> object.text("status")).hasMessage("Member \"status\" should be text and is 7.");
        assertThatThrownBy(() -> object.text("state")).hasMessage("Member \"state\" is missing.");
        assertThatThrownBy(() -> object.list("list", x -> x)).hasMessageContaining("\"list\" should be a list");
    }

    @Test
    void whateverIsWrittenIsReadBackTheSame() {
        for (long seed = 0; seed < 500; seed++) {
            Json value = random(new SplittableRandom(seed), 4);
            assertThat(Json.parse(value.toString())).as("seed %d", seed).isEqualTo(value);
        }
    }

    @Test
    void noiseIsRefusedAndNothingElseHappens() {
        byte[] start = "{\"return\": [{\"a\": 18446744073709551615}, -1.5e3, \"\\u00e4\"]}"
                .getBytes(StandardCharsets.UTF_8);
        for (long seed = 0; seed < 5000; seed++) {
            var random = new SplittableRandom(seed);
            byte[] text = start.clone();
            for (int i = 0; i <= random.nextInt(4); i++) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            try {
                Json value = JsonText.read(text);
                assertThat(Json.parse(value.toString())).as("seed %d", seed).isEqualTo(value);
            } catch (JsonException expected) {
                assertThat(expected).hasMessageEndingWith(".");
            }
        }
    }

    private static Json random(SplittableRandom random, int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> new Json.Int(random.nextLong() >> random.nextInt(64));
            case 1 -> new Json.Uint(random.nextLong() | Long.MIN_VALUE);
            case 2 -> new Json.Real(random.nextDouble() * Math.pow(10, random.nextInt(-300, 300)));
            case 3 -> new Json.Bool(random.nextBoolean());
            case 4 -> Json.NULL;
            case 5 -> new Json.Str(text(random));
            case 6 -> new Json.Arr(java.util.stream.IntStream.range(0, random.nextInt(5))
                    .mapToObj(i -> random(random, depth - 1)).toList());
            default -> {
                Json.Obj object = Json.EMPTY;
                for (int i = random.nextInt(5); i > 0; i--) {
                    object = object.with(text(random), random(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static String text(SplittableRandom random) {
        return random.ints(random.nextInt(8), 0, 0x2000).filter(c -> !Character.isSurrogate((char) c))
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    @Test
    void aListOfTexts() {
        assertThat(Json.texts(List.of("a", "b"))).hasToString("[\"a\",\"b\"]");
    }
}

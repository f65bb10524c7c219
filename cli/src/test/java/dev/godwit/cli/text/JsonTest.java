package dev.godwit.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

    @Test
    void writesOverSeveralLines() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", Optional.empty());
        map.put("name", "a\"\\\n\u0001é");
        map.put("list", List.of(1, true, List.of()));
        map.put("empty", Map.of());
        assertThat(Json.text(map)).isEqualTo("""
                {
                  "id": null,
                  "name": "a\\"\\\\\\n\\u0001é",
                  "list": [
                    1,
                    true,
                    []
                  ],
                  "empty": {}
                }
                """);
    }

    @Test
    void aLoneSurrogateIsEscapedAndAPairIsNot() {
        assertThat(Json.compact(List.of("\ud83d\ude00", "\ud83d"))).isEqualTo("[\"\ud83d\ude00\",\"\\ud83d\"]");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"return\":{\"a\":[1,-2,3.50,18446744073709551615],\"b\":\"x\\ny\",\"c\":null,\"d\":false}}", "[]", "\"\"", "0",
        "{}", "[[],{}]", "1E+3"
    })
    void readsWhatItWrites(String json) {
        assertThat(JsonReader.read(json).map(Json::compact)).contains(json);
    }

    @Test
    void numbersKeepAllDigits() {
        assertThat(JsonReader.read(" 18446744073709551615 ")).contains(new BigInteger("18446744073709551615"));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "{", "[1,]", "{\"a\"}", "{a:1}", "01", "1.", "tru", "\"\\x\"", "\"\\u12\"", "1 2", "'a'", "\"\u0001\"", "-",
        "info"
    })
    void whatIsNoJsonIsNothing(String text) {
        assertThat(JsonReader.read(text)).isEmpty();
    }

    @Test
    void endlessNestingIsNoJson() {
        assertThat(JsonReader.read("[".repeat(100_000))).isEmpty();
    }
}

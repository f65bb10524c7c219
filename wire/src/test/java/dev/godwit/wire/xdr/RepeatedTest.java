package dev.godwit.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.wire.remote.FirstMessages;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.ParamValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said once more in code is what the annotations say. */
class RepeatedTest {

    public record Limited(@AtMost(3) String text, @Unsigned int number, @AtMost(2) List<Long> list) {}

    public record TooLong(@AtMost(3) String text) {}

    public record TooShort(int one, int two) {}

    public record Other(int number) {}

    static Stream<Class<?>> types() {
        FirstMessages.repeat();
        return Repeated.types().stream().filter(type -> type.getPackageName().equals("dev.godwit.wire.remote"));
    }

    private static Map<String, String> layout(Class<?> type, boolean annotationsOnly) {
        Map<String, String> definitions = new LinkedHashMap<>();
        new Derivation(Optional.empty(), annotationsOnly).structure(type).define(definitions);
        return definitions;
    }

    @ParameterizedTest
    @MethodSource("types")
    void saysWhatTheAnnotationsSay(Class<?> type) {
        assertThat(layout(type, false)).isEqualTo(layout(type, true));
    }

    @Test
    void theFirstMessagesAreAmongThem() {
        assertThat(types()).hasSizeGreaterThan(30)
                .contains(ParamValue.class, MigrationProcedures.PerformArgs.class);
    }

    @Test
    void isWhatCountsWhereItIsSaid() {
        Repeated.record(Limited.class, Repeated.atMost(4, String.class), Repeated.plain(int.class),
                Repeated.list(5, Repeated.unsigned(Long.class)));
        assertThat(layout(Limited.class, true).values()).containsExactly("""
                struct RepeatedTest.Limited {
                    string text<3>;
                    unsigned int number;
                    hyper list<2>;
                };
                """);
        assertThat(layout(Limited.class, false).values()).containsExactly("""
                struct RepeatedTest.Limited {
                    string text<4>;
                    int number;
                    unsigned hyper list<5>;
                };
                """);
    }

    @Test
    void anotherNumberOfComponentsIsRefused() {
        Repeated.record(TooLong.class, Repeated.atMost(3, String.class), Repeated.plain(int.class));
        assertThatThrownBy(() -> XdrCodec.of(TooLong.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(TooLong.class.getName() + " has 1 components, and 2 are repeated");
        Repeated.record(TooShort.class, Repeated.plain(int.class));
        assertThatThrownBy(() -> XdrCodec.of(TooShort.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(TooShort.class.getName() + " has 2 components, and 1 are repeated");
    }

    @Test
    void anotherTypeIsRefused() {
        Repeated.record(Other.class, Repeated.plain(long.class));
        assertThatThrownBy(() -> XdrCodec.of(Other.class)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("RepeatedTest.Other.number: is repeated as long");
    }
}

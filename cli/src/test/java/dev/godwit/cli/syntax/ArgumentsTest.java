package dev.godwit.cli.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The messages are those of virsh 11.3. */
class ArgumentsTest {

    private static final Syntax SYNTAX = Syntax.of("move", "", "",
            Option.guest(), Option.text("to", "x").positional().mandatory(), Option.flag("live", "x"),
            Option.text("over", "x").tolerated(), Option.number("speed", "x"), Option.flag("keep", "x"))
            .withAliases(Map.of("alive", "live"));

    private static Arguments read(String... words) {
        return Arguments.read(SYNTAX, List.of(words));
    }

    @Test
    void valuesComeByPlaceOrByName() {
        for (Arguments arguments : List.of(read("web1", "kvm7", "tcp:kvm7"),
                read("--over", "tcp:kvm7", "web1", "kvm7"), read("--to=kvm7", "web1", "tcp:kvm7"),
                read("--to", "kvm7", "--domain", "web1", "--over=tcp:kvm7"), read("--", "web1", "kvm7", "tcp:kvm7"))) {
            assertThat(arguments.required("domain")).isEqualTo("web1");
            assertThat(arguments.required("to")).isEqualTo("kvm7");
            assertThat(arguments.text("over")).contains("tcp:kvm7");
        }
    }

    @Test
    void flagsAndAliases() {
        assertThat(read("a", "b", "--alive").has("live")).isTrue();
        assertThat(read("a", "b").has("live")).isFalse();
        assertThat(read("--", "--live", "b").required("domain")).isEqualTo("--live");
    }

    @Test
    void whatIsLeftGoesToTheRest() {
        Syntax syntax = Syntax.of("echo", "", "", Option.flag("x", "x"), Option.rest("words", "x").mandatory());
        assertThat(Arguments.read(syntax, List.of("a", "--x", "b", "--words", "c", "--", "--d")).rest())
                .containsExactly("a", "b", "c", "--d");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> Arguments.read(syntax, List.of("--x")))
                .withMessage("command 'echo' requires <words> option");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            web1                      | command 'move' requires <to> option
            ''                        | command 'move' requires <domain> option
            a b c d                   | unexpected data 'd'
            a b --nope                | command 'move' doesn't support option --nope
            a b --live --alive        | option --live already seen
            a b --domain c            | option --domain already seen
            a b --live=yes            | invalid '=' after option --live
            a b --over                | expected syntax: --over <string>
            a b --speed               | expected syntax: --speed <number>
            """)
    void whatCannotBeMeantIsRefused(String words, String message) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> read(words.isEmpty() ? new String[0] : words.split(" "))).withMessage(message);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "18446744073709551615, -1", "300, 300"})
    void numbersAreUnsigned(String text, long bits) {
        assertThat(read("a", "b", "--speed", text).number("speed")).hasValue(bits);
    }

    @ParameterizedTest
    @CsvSource({"x", "-1", "1.5", "18446744073709551616", "0x10"})
    void whatIsNoNumberIsRefused(String text) {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> read("a", "b", "--speed", text).number("speed"))
                .withMessage("Numeric value '" + text + "' for <speed> option is malformed or out of range");
    }

    @Test
    void anEmptyValueIsNoName() {
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> read("", "b").required("domain"))
                .withMessage("Failed to get option 'domain': Option argument is empty");
    }

    @Test
    void someOptionsDoNotGoTogether() {
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> read("a", "b", "--live", "--keep").exclusive("live", "keep"))
                .withMessage("Options --live and --keep are mutually exclusive");
        assertThatExceptionOfType(UsageException.class)
                .isThrownBy(() -> read("a", "b", "--live").needs("live", "keep"))
                .withMessage("Option --keep is required by option --live");
    }

    @Test
    void helpIsForgivenEverythingElse() {
        assertThat(read("--help").helpWanted()).isTrue();
        assertThat(read("a", "b").helpWanted()).isFalse();
    }
}

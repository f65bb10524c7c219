package dev.godwit.cli.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

    @Test
    void blanksSeparateWordsAndSemicolonsCommands() {
        assertThat(Words.split("list --all;domstate  web1 ; ;\n\thostname"))
                .containsExactly(List.of("list", "--all"), List.of("domstate", "web1"), List.of("hostname"));
        assertThat(Words.split("  ; ")).isEmpty();
    }

    @Test
    void quotesKeepBlanksTogether() {
        assertThat(Words.split("echo 'a b' \"c;d\" e\\ f g\"'\"h '\\' \"\\\"\" ''"))
                .containsExactly(List.of("echo", "a b", "c;d", "e f", "g'h", "\\", "\"", ""));
    }

    @Test
    void aCommentEndsWithItsLine() {
        assertThat(Words.split("# all\nlist # those\nuri a#b"))
                .containsExactly(List.of("list"), List.of("uri", "a#b"));
    }

    @Test
    void aBackslashJoinsLines() {
        assertThat(Words.split("list \\\n --all")).containsExactly(List.of("list", "--all"));
        assertThat(Words.split("li\\\nst")).containsExactly(List.of("list"));
    }

    @Test
    void whatIsOpenAtTheEndIsRefused() {
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> Words.split("echo \"a")).withMessage("missing \"");
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> Words.split("echo 'a")).withMessage("missing '");
        assertThatExceptionOfType(UsageException.class).isThrownBy(() -> Words.split("echo \\"))
                .withMessage("dangling \\");
    }
}

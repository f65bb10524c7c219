package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.command.Version;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Option.Kind;
import dev.godwit.cli.syntax.Option.Position;
import dev.godwit.cli.syntax.Syntax;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueTest {

    static List<String> names() {
        return Catalogue.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyNameIsACommandThatSaysWhatItIs(String name) {
        Syntax syntax = Catalogue.find(name).orElseThrow().syntax();
        assertThat(syntax.name()).isEqualTo(name);
        assertThat(syntax.summary()).isNotEmpty().doesNotEndWith(".");
        assertThat(syntax.about()).endsWith(".").doesNotContain("\n");
        assertThat(syntax.options().stream().map(Option::name)).doesNotHaveDuplicates();
        assertThat(syntax.aliases().values()).allMatch(target -> syntax.option(target).isPresent());
    }

    @ParameterizedTest
    @MethodSource("names")
    void valuesWithoutANameAreDealtOutUnmistakably(String name) {
        boolean optional = false;
        for (Option option : Catalogue.find(name).orElseThrow().syntax().options()) {
            if (option.kind() == Kind.FLAG) {
                assertThat(option.position()).isEqualTo(Position.NAMED);
            } else if (option.position() != Position.NAMED) {
                assertThat(optional && option.required()).as("%s is required after an optional one", option).isFalse();
                optional |= !option.required();
            }
        }
    }

    @Test
    void everyCommandOfTheSwitchIsInAGroup() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/godwit/cli/Catalogue.java"));
        List<String> cases = Pattern.compile("case \"([a-z-]+)\" ->").matcher(source).results()
                .map((MatchResult match) -> match.group(1)).toList();
        assertThat(cases).containsExactlyInAnyOrderElementsOf(Catalogue.names()).isNotEmpty();
    }

    @Test
    void theVersionIsTheProjects() throws IOException {
        assertThat(Files.readString(Path.of("../pom.xml")))
                .containsPattern("<version>" + Pattern.quote(Version.NUMBER) + "(-[A-Z]+)?</version>");
    }
}

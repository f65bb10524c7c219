package dev.godwit.lab.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The README says where things are, and they are there. */
class ReadmeWhereIsTest {

    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @TestFactory
    Stream<DynamicTest> everyPathOfTheTableExists() throws IOException {
        Path checkout = Path.of("").toAbsolutePath();
        while (!Files.exists(checkout.resolve("build"))) {
            checkout = checkout.getParent();
        }
        Path root = checkout;
        List<String> rows = Files.readAllLines(root.resolve("README.md")).stream()
                .dropWhile(line -> !line.toLowerCase(java.util.Locale.ROOT).contains("where is"))
                .filter(line -> line.startsWith("|"))
                .skip(2) // the table's head
                .toList();
        List<String> paths = rows.stream()
                .flatMap(row -> CODE.matcher(row.substring(row.indexOf('|', 1))).results())
                .map(match -> match.group(1))
                .filter(text -> text.contains("/") || text.endsWith(".md"))
                .toList();
        assertThat(paths).as("paths in the README's table \"where is\"").hasSizeGreaterThan(5);
        return paths.stream().map(path -> DynamicTest.dynamicTest(path, () -> assertThat(find(root, path))
                .as("%s of the README", path)
                .isNotEmpty()));
    }

    /** A path of the checkout; "…" stands for any folders between. */
    private static List<Path> find(Path root, String path) throws IOException {
        if (!path.contains("…")) {
            return Stream.of(root.resolve(path)).filter(Files::exists).toList();
        }
        String start = path.substring(0, path.indexOf('…'));
        PathMatcher matcher = FileSystems.getDefault()
                .getPathMatcher("glob:" + root + "/" + path.replace("/…/", "/**/").replaceAll("/$", ""));
        try (Stream<Path> files = Files.walk(root.resolve(start))) {
            return files.filter(file -> !file.toString().contains("/target/")).filter(matcher::matches).toList();
        }
    }
}

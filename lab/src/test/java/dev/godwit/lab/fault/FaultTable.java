package dev.godwit.lab.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What came of rows, as Markdown. */
final class FaultTable {

    private static final String HEAD = " | rows | passed | seconds until settled: median | worst |\n|---|---:|---:|---:|---:|\n";

    private FaultTable() {}

    /** Groups of rows by who drives, by what went wrong, and by where; then the rows that did not pass. */
    static String of(List<RowResult> results) {
        StringBuilder text = new StringBuilder();
        group(text, "driven", results, Stream.of(Drive.values()).map(Drive::label).toList(), row -> row.drive().label());
        group(text, "fault", results, Stream.of(Fault.values()).map(Fault::label).toList(), row -> row.fault().label());
        group(text, "point", results,
                Stream.of(Way.values()).flatMap(way -> Rows.points(way).stream().map(point -> point(way, point.toString()))).toList(),
                row -> point(row.way(), row.point().toString()));
        text.append("| all").append(HEAD);
        line(text, "all", results);
        text.append('\n');
        results.stream().filter(result -> !result.passed()).forEach(result ->
                text.append("- **").append(result.row()).append("**: ").append(result.where()).append('\n'));
        return text.toString();
    }

    private static String point(Way way, String point) {
        return way == Way.PLAIN ? point : way.label() + ", " + point;
    }

    private static void group(StringBuilder text, String title, List<RowResult> results, List<String> order, Function<Row, String> key) {
        var groups = results.stream().collect(Collectors.groupingBy(result -> key.apply(result.row()), TreeMap::new, Collectors.toList()));
        text.append("| ").append(title).append(HEAD);
        order.stream().filter(groups::containsKey).forEach(name -> line(text, name, groups.get(name)));
        text.append('\n');
    }

    private static void line(StringBuilder text, String name, List<RowResult> results) {
        List<Double> seconds = new ArrayList<>(results.stream().filter(RowResult::passed).map(RowResult::seconds).sorted().toList());
        text.append("| ").append(name).append(" | ").append(results.size()).append(" | ").append(seconds.size()).append(" | ")
                .append(seconds.isEmpty() ? "–" : number(seconds.get(seconds.size() / 2))).append(" | ")
                .append(seconds.isEmpty() ? "–" : number(seconds.getLast())).append(" |\n");
    }

    private static String number(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds);
    }
}

package dev.godwit.lab.fault;

import static dev.godwit.lab.fault.daemon.Point.Moment.ACTED;
import static dev.godwit.lab.fault.daemon.Point.Moment.AFTER_JOURNAL;
import static dev.godwit.lab.fault.daemon.Point.Moment.ASKING;
import static dev.godwit.lab.fault.daemon.Point.Moment.BEFORE_ANSWER;
import static dev.godwit.lab.fault.daemon.Point.Moment.BEFORE_JOURNAL;
import static dev.godwit.lab.fault.daemon.Point.Moment.MIDWAY;
import static dev.godwit.lab.fault.daemon.Point.Moment.TOLD;

import dev.godwit.lab.fault.daemon.Point;
import dev.godwit.lab.fault.daemon.Point.Moment;
import dev.godwit.lab.fault.daemon.Point.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** All rows there are, and why there are no others. */
final class Rows {

    private Rows() {}

    /**
     * A fault that cannot be at a point.
     *
     * @param row    what is no row
     * @param reason why not
     */
    record Impossible(Row row, String reason) {}

    /** The points of a migration that comes there in a way. */
    static List<Point> points(Way way) {
        return steps(way).stream().flatMap(List::stream).toList();
    }

    private static List<List<Point>> steps(Way way) {
        return switch (way) {
            case PLAIN -> List.of(
                    of(Step.BEGIN, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER),
                    of(Step.PREPARE, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER),
                    of(Step.LEARN, BEFORE_JOURNAL, AFTER_JOURNAL),
                    of(Step.PERFORM, BEFORE_JOURNAL, AFTER_JOURNAL, MIDWAY, BEFORE_ANSWER),
                    of(Step.FINISH, ASKING),
                    of(Step.HANDOVER, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER),
                    of(Step.CONFIRM_GO, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER));
            case ABORTED -> List.of(
                    of(Step.BACK, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER),
                    of(Step.BAR, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER));
            case REFUSED -> List.of(
                    of(Step.BAR, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED),
                    of(Step.ASK, ASKING, TOLD),
                    of(Step.ANSWER, ASKING, BEFORE_ANSWER),
                    of(Step.CONFIRM_CANCEL, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED, BEFORE_ANSWER));
            case LEFT -> List.of(
                    of(Step.BAR, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED),
                    of(Step.ASK, ASKING, TOLD),
                    of(Step.ANSWER, ASKING, BEFORE_ANSWER),
                    of(Step.CONFIRM_CANCEL, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED));
            case LEFT_LATE -> List.of(
                    of(Step.ASK, ASKING, TOLD),
                    of(Step.ANSWER, ASKING, BEFORE_ANSWER),
                    of(Step.CONFIRM_GO, BEFORE_JOURNAL, AFTER_JOURNAL, ACTED));
        };
    }

    private static List<Point> of(Step step, Moment... moments) {
        return Stream.of(moments).map(moment -> new Point(step, moment)).toList();
    }

    /** Every row of the matrix. */
    static List<Row> all() {
        return everything().filter(row -> whyNot(row).isEmpty()).toList();
    }

    /** What is no row, with the reasons. */
    static List<Impossible> impossible() {
        List<Impossible> all = new ArrayList<>();
        everything().forEach(row -> whyNot(row).ifPresent(reason -> all.add(new Impossible(row, reason))));
        return all;
    }

    private static Stream<Row> everything() {
        return Stream.of(Drive.values()).flatMap(drive -> Stream.of(Way.values())
                // What a stock client does differently are the calls of a migration that goes wrong by itself.
                .filter(way -> drive != Drive.DIRECT_VIRSH || way == Way.PLAIN || way == Way.REFUSED)
                .flatMap(way -> points(way).stream()
                        .flatMap(point -> Stream.of(Fault.values()).map(fault -> new Row(drive, way, point, fault)))));
    }

    private static Optional<String> whyNot(Row row) {
        return Optional.ofNullable(switch (row.fault()) {
            case CLIENT -> left(row.way()) ? "the client has ended before" : null;
            case SOURCE_QEMU -> sourceEnded(row) ? "the original has been ended before" : null;
            case DESTINATION_QEMU -> noReceiver(row).orElse(null);
            case DISK_FULL -> Set.of(BEFORE_JOURNAL, ACTED).contains(row.point().moment())
                    && !(row.point().moment() == BEFORE_JOURNAL && row.point().step() == Step.ANSWER)
                    ? null : "nothing is written at that moment; the next entry has a row of its own";
            case CONNECTIONS -> row.point().step() == Step.ASK && row.point().moment() == ASKING && left(row.way())
                    ? "nothing is connected yet" : null;
            default -> null;
        });
    }

    private static boolean left(Way way) {
        return way == Way.LEFT || way == Way.LEFT_LATE;
    }

    private static boolean sourceEnded(Row row) {
        return row.point().step() == Step.CONFIRM_GO && Set.of(ACTED, BEFORE_ANSWER).contains(row.point().moment());
    }

    /** Why there is no QEMU at the destination. */
    private static Optional<String> noReceiver(Row row) {
        Step step = row.point().step();
        Moment moment = row.point().moment();
        boolean early = step == Step.BEGIN
                || step == Step.PREPARE && Set.of(BEFORE_JOURNAL, AFTER_JOURNAL).contains(moment);
        boolean late = step == Step.BAR && Set.of(ACTED, BEFORE_ANSWER).contains(moment)
                || step == Step.CONFIRM_CANCEL
                || row.way() == Way.REFUSED && Set.of(Step.ASK, Step.ANSWER).contains(step);
        return early ? Optional.of("there is no receiver yet")
                : late ? Optional.of("the receiver has been ended before")
                : row.way() == Way.LEFT && step != Step.BAR
                        ? Optional.of("the destination ends the receiver by itself, before or after that moment")
                : Optional.empty();
    }

    /** Whether the guest may be the destination's at the row's point. */
    static boolean mayBeHandedOver(Row row) {
        Point point = row.point();
        return row.way() == Way.LEFT_LATE || point.step() == Step.CONFIRM_GO
                || point.step() == Step.HANDOVER && point.moment() != BEFORE_JOURNAL;
    }
}

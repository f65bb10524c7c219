package dev.godwit.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.fault.daemon.Point;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The rows themselves: none is missing without a reason. */
class RowsTest {

    private final List<Row> rows = Rows.all();

    @Test
    void everyFaultIsAtEveryPointOrIsSaidToBeImpossible() {
        int combinations = 0;
        for (Drive drive : Drive.values()) {
            for (Way way : Way.values()) {
                if (drive != Drive.DIRECT_VIRSH || way == Way.PLAIN || way == Way.REFUSED) {
                    combinations += Rows.points(way).size() * Fault.values().length;
                }
            }
        }
        assertThat(rows.size() + Rows.impossible().size()).isEqualTo(combinations);
        assertThat(Rows.impossible()).allSatisfy(none -> assertThat(none.reason()).isNotBlank());
    }

    @Test
    void everyPointAndEveryFaultHasRows() {
        Set<Point> points = new HashSet<>();
        rows.forEach(row -> points.add(row.point()));
        for (Way way : Way.values()) {
            assertThat(points).containsAll(Rows.points(way));
        }
        assertThat(rows).extracting(Row::fault).contains(Fault.values());
    }

    @Test
    void namesAreUniqueAndPointsAreFoundByThem() {
        assertThat(rows).extracting(Row::toString).doesNotHaveDuplicates();
        assertThat(rows).allSatisfy(row -> assertThat(Point.of(row.point().toString())).isEqualTo(row.point()));
    }

    @Test
    void whatIsKilledWithTheGuestInItMayBeGoneAndNothingElse() {
        assertThat(rows).filteredOn(row -> row.ending() == Row.Ending.MAY_BE_GONE)
                .allSatisfy(row -> assertThat(row.fault()).isIn(Fault.SOURCE_QEMU, Fault.DESTINATION_QEMU));
    }
}

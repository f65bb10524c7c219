package dev.godwit.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A few rows of the matrix, of every kind, in the long lab; {@code lab/faults} runs all of them. */
@LabTest
@EnabledIfSystemProperty(named = "godwit.lab.full", matches = "true")
class FaultMatrixTest {

    /** Each fault, each way to a point, and each one who drives is among them. */
    private static final List<String> ROWS = List.of(
            "direct, source.begin:after-journal, both daemons",
            "direct, destination.prepare:acted, destination daemon",
            "direct, source.perform:midway, client",
            "direct, destination.handover:before-journal, disk full",
            "direct by virsh, destination.handover:before-answer, network",
            "p2p, source.perform:before-answer, source daemon",
            "p2p, destination.handover:after-journal, destination daemon",
            "p2p, destination.finish:asking, network, source daemon",
            "p2p, source.confirm.go:after-journal, source daemon",
            "p2p, aborted, destination.bar:after-journal, both daemons",
            "p2p, left after FINISH, source.ask:told, source daemon",
            "tunnelled, source.perform:midway, connections",
            "tunnelled, destination.finish:asking, source QEMU",
            "tunnelled, destination.prepare:before-answer, destination QEMU",
            "tunnelled, refused, source.confirm.cancel:before-journal, destination daemon");

    private static Pair pair;

    @BeforeAll
    static void twoHosts(Lab lab) {
        pair = new Pair(lab, lab.faulty("faulty1"), lab.faulty("faulty2"));
        pair.warmUp();
    }

    @AfterAll
    static void theyGo() {
        pair.close();
    }

    @TestFactory
    Stream<DynamicTest> oneCopyRunsWhateverHappens(Lab lab) throws IOException {
        Path folder = Files.createDirectories(lab.checkout().resolve("lab/target/faults"));
        return ROWS.stream().map(name -> DynamicTest.dynamicTest(name, () -> {
            Row row = Rows.all().stream().filter(known -> known.toString().equals(name)).findFirst().orElseThrow();
            RowResult result = FaultTour.run(pair, row, folder);
            assertThat(result.passed()).as(result.where()).isTrue();
        }));
    }
}

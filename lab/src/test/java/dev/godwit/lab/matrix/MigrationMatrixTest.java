package dev.godwit.lab.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.lab.host.CommandResult;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabGuest.Shape;
import dev.godwit.lab.host.LabHost;
import dev.godwit.lab.host.LabTest;
import dev.godwit.lab.host.SerialLog.Beat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every client, from every kind of daemon to every kind, driven in every way, over every connection.
 *
 * <p>One guest goes round: six hosts, two of each kind, are a tour of nine steps in which every kind of
 * daemon comes after every kind, itself included, and which ends where it began. By default each
 * step of four such tours takes another client, flow and connection; with
 * {@code -Dgodwit.lab.full=true}, which {@code lab/matrix} says, there is one tour for each of the 45
 * combinations. The table goes to {@code lab/target/matrix.md}.
 *
 * <p>{@code -Dgodwit.lab.matrix=REGEX} takes only the steps whose name it is found in.
 */
@LabTest
class MigrationMatrixTest {

    private static final List<String> TRANSPORTS = List.of("tcp", "tls", "ssh");
    private static final int TOURS = 4;

    /** From each kind to each kind; two hosts a kind. */
    private record Step(LabHost from, LabHost to) {}

    private record Cell(Mover mover, Step step, Flow flow, String transport) {

        String row() {
            return step.from().kind() + " → " + step.to().kind() + ", " + transport;
        }

        String column() {
            return column(mover, flow);
        }

        static String column(Mover mover, Flow flow) {
            return mover.label() + " " + flow.label();
        }

        @Override
        public String toString() {
            return mover.label() + ", " + row() + ", " + flow.label();
        }
    }

    /** Where the guest is, unless a step failed and nobody knows. */
    private Optional<LabHost> home = Optional.empty();

    @TestFactory
    Stream<DynamicTest> everyCell(Lab lab) {
        boolean full = Boolean.getBoolean("godwit.lab.full");
        List<Step> tour = tour(lab);
        List<Mover> movers = Mover.all(lab);
        List<Cell> cells = full ? all(tour, movers) : representative(tour, movers);
        String only = System.getProperty("godwit.lab.matrix", "");
        java.util.regex.Pattern wanted = java.util.regex.Pattern.compile(only);
        MatrixTable table = new MatrixTable(
                tour.stream().flatMap(step -> TRANSPORTS.stream().map(way -> new Cell(movers.getFirst(), step, Flow.DIRECT, way).row()))
                        .sorted().toList(),
                movers.stream().flatMap(mover -> Stream.of(Flow.values()).map(flow -> Cell.column(mover, flow))).toList());
        LabGuest guest = lab.guest("tourist", Shape.DIRECT_KERNEL).with(8, 1);
        lab.clearAll();
        return cells.stream()
                .filter(cell -> wanted.matcher(cell.toString()).find())
                .map(cell -> DynamicTest.dynamicTest(cell.toString(), () -> {
                    try {
                        moves(lab, guest, cell);
                        table.passed(cell.row(), cell.column());
                    } catch (AssertionError e) {
                        table.failed(cell.row(), cell.column(), reason(e));
                        throw e;
                    } finally {
                        table.write(lab.checkout().resolve("lab/target/matrix.md"));
                    }
                }));
    }

    @AfterEach
    void everybodyGoes(Lab lab) {
        lab.clearAll();
    }

    /** Nine steps through six hosts, or four through four where libvirt 9.0 is not packaged. */
    private static List<Step> tour(Lab lab) {
        LabHost ours = lab.godwitd("kvm1");
        LabHost stock = lab.libvirtd("stock1");
        List<LabHost> stops = new ArrayList<>(List.of(ours, lab.godwitd("kvm2")));
        Optional<LabHost> old = lab.libvirtdNine("old1").map(host -> host);
        old.ifPresent(host -> stops.addAll(List.of(host, lab.libvirtdNine("old2").orElseThrow())));
        stops.addAll(List.of(stock, lab.libvirtd("stock2"), ours));
        old.ifPresent(host -> stops.addAll(List.of(stock, host, ours)));
        return IntStream.range(1, stops.size()).mapToObj(i -> new Step(stops.get(i - 1), stops.get(i))).toList();
    }

    private static List<Cell> all(List<Step> tour, List<Mover> movers) {
        return movers.stream()
                .flatMap(mover -> Stream.of(Flow.values()).flatMap(flow -> TRANSPORTS.stream()
                        .flatMap(way -> tour.stream().map(step -> new Cell(mover, step, flow, way)))))
                .toList();
    }

    /** Every step of a tour meets every flow and every connection at least once, and most clients. */
    private static List<Cell> representative(List<Step> tour, List<Mover> movers) {
        List<Cell> cells = new ArrayList<>();
        for (int round = 0; round < TOURS; round++) {
            for (int i = 0; i < tour.size(); i++) {
                cells.add(new Cell(
                        movers.get((i + 2 * round) % movers.size()), tour.get(i),
                        Flow.values()[(i + round) % 3], TRANSPORTS.get((i / 3 + i + 2 * round) % 3)));
            }
        }
        return cells;
    }

    private void moves(Lab lab, LabGuest guest, Cell cell) {
        LabHost from = cell.step().from();
        LabHost to = cell.step().to();
        if (home.filter(from::equals).isEmpty()) {
            lab.clearAll();
            lab.virsh().run(from, "create", guest.prepare().toString()).expectSuccess();
            guest.serial().awaitLife();
        }
        home = Optional.empty();
        long before = guest.serial().last().map(Beat::count).orElseThrow();
        CommandResult moved = cell.mover().move(
                lab.desk("desk"), from.uri(cell.transport()), guest.name(), to.uri(cell.transport()), cell.flow());
        moved.expectSuccess();
        assertThat(lab.virsh().run(to, "domstate", guest.name(), "--reason").expectSuccess().out().strip())
                .isEqualTo("running (migrated)");
        assertThat(lab.virsh().run(from, "list", "--all", "--name").expectSuccess().out()).doesNotContain(guest.name());
        guest.serial().awaitBeats(2);
        guest.serial().assertUnbroken();
        assertThat(guest.serial().last().map(Beat::count).orElseThrow()).isGreaterThan(before);
        home = Optional.of(to);
    }

    /** What a person would be told: the client's own words, if it said any. */
    private static String reason(AssertionError e) {
        return e.getMessage().lines().filter(line -> line.startsWith("error:")).findFirst()
                .orElseGet(() -> e.getMessage().lines().findFirst().orElse(e.toString()));
    }
}

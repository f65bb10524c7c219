package dev.godwit.lab.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.Host;
import dev.godwit.lab.fault.OutsideCase.Moment;
import dev.godwit.lab.host.Lab;
import dev.godwit.lab.host.LabTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * FINISH lies in the socket of a destination that stands still. The network goes, whoever drives gives up, and the guest runs on at its stock
 * source. Then the destination goes on, and finds FINISH: with stock daemons on both sides the guest runs twice.
 */
@LabTest
class StockSourceTest {

    private static Pair pair;

    @BeforeAll
    static void oneOfEach(Lab lab) {
        lab.desk("desk");
        pair = new Pair(lab, lab.libvirtd("stock1"), lab.faulty("faulty1"));
    }

    @AfterAll
    static void theyGo() {
        pair.close();
    }

    /** Booted at ours, and moved once. */
    @BeforeEach
    void theGuestIsAtTheStockHost() {
        pair.home(pair.hosts().getLast());
        pair.beginAnew();
        assertThat(pair.host(Host.SOURCE)).isEqualTo(pair.hosts().getFirst());
    }

    @Test
    void virshHasGivenUpAndItRunsAtTheSourceAlone() {
        runsAtTheSourceAlone(Drive.DIRECT_VIRSH);
    }

    /** A stock daemon gives up after half a minute. */
    @Test
    @EnabledIfSystemProperty(named = "godwit.lab.full", matches = "true")
    void theStockDaemonHasGivenUpAndItRunsAtTheSourceAlone() {
        runsAtTheSourceAlone(Drive.PEER_TO_PEER);
    }

    private void runsAtTheSourceAlone(Drive drive) {
        OutsideRun.Seen seen = new OutsideRun(pair, new OutsideCase(drive, Moment.SOURCE_STOPPED, Fault.NETWORK)).run();

        assertThat(seen.verdict()).as(seen.screen()).isEqualTo("runs at the source");
        new World(pair).assertNeverTwo();
        pair.guest().serial().awaitBeats(2);
        pair.guest().serial().assertUnbroken();
    }
}

package dev.godwit.lab.matrix;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.migration.RemoteMigrationDestination;
import dev.godwit.client.migration.RemoteMigrationSource;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationProtocol;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A client that drives a migration (managed direct) and stops when a phase is over and the next has not begun. It then says
 * {@code PHASE is over}, and does nothing more until it is killed.
 *
 * <p>Arguments: SOURCE-URI GUEST DESTINATION-URI PHASE FLAG….
 */
public final class HaltingClient {

    private HaltingClient() {}

    /**
     * Moves one guest, as far as that.
     *
     * @param arguments see above
     */
    public static void main(String[] arguments) {
        Phase last = Phase.valueOf(arguments[3]);
        Set<MigrationFlag> flags = EnumSet.of(MigrationFlag.LIVE);
        List.of(arguments).subList(4, arguments.length).forEach(flag -> flags.add(MigrationFlag.valueOf(flag)));
        try (Connection here = Connection.open(arguments[0]); Connection there = Connection.open(arguments[2])) {
            Domain guest = here.domains().byName(arguments[1]);
            System.err.println("error: " + MigrationProtocol.run(
                    new Source(new RemoteMigrationSource(here, Duration.ofSeconds(1)), last),
                    new Destination(new RemoteMigrationDestination(there), last),
                    MigrationRequest.of(guest.ref(), flags), PerformControl.NONE));
        }
        System.exit(1);
    }

    private static void haltAfter(Phase phase, Phase last) {
        if (phase == last) {
            System.out.println(phase + " is over");
            while (true) {
                LockSupport.park();
            }
        }
    }

    private record Source(MigrationSource real, Phase last) implements MigrationSource {
        @Override
        public Offer begin(MigrationRequest request) {
            Offer offer = real.begin(request);
            haltAfter(Phase.BEGIN, last);
            return offer;
        }

        @Override
        public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
            Sent sent = real.perform(request, receiver, control);
            haltAfter(Phase.PERFORM, last);
            return sent;
        }

        @Override
        public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
            real.confirm(request, cookie, verdict);
        }

        @Override
        public void abandon(MigrationRequest request) {
            real.abandon(request);
        }
    }

    private record Destination(MigrationDestination real, Phase last) implements MigrationDestination {
        @Override
        public Receiver prepare(MigrationRequest request, Offer offer) {
            Receiver receiver = real.prepare(request, offer);
            haltAfter(Phase.PREPARE, last);
            return receiver;
        }

        @Override
        public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
            Arrived arrived = real.finish(request, sent, verdict);
            haltAfter(Phase.FINISH, last);
            return arrived;
        }

        @Override
        public void abandon(MigrationRequest request) {
            real.abandon(request);
        }
    }
}

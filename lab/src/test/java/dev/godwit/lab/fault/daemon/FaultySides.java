package dev.godwit.lab.fault.daemon;

import static dev.godwit.lab.fault.daemon.Point.Moment.ASKING;
import static dev.godwit.lab.fault.daemon.Point.Moment.BEFORE_ANSWER;
import static dev.godwit.lab.fault.daemon.Point.Moment.TOLD;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.DestinationQuestion;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.lab.fault.daemon.Point.Step;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The sides of a migration, with a point before each answer, and around each question. */
final class FaultySides {

    private FaultySides() {}

    /** The source. */
    record Leaving(MigrationSource real, Points points) implements MigrationSource {

        @Override
        public Offer begin(MigrationRequest request) {
            Offer offer = real.begin(request);
            points.passUnwritten(Point.at(Step.BEGIN, BEFORE_ANSWER));
            return offer;
        }

        @Override
        public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
            Sent sent;
            try {
                sent = real.perform(request, receiver, control);
            } catch (VirtException e) {
                points.passUnwritten(Point.at(Step.BACK, BEFORE_ANSWER));
                throw e;
            }
            points.passUnwritten(Point.at(Step.PERFORM, BEFORE_ANSWER));
            return sent;
        }

        @Override
        public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
            real.confirm(request, cookie, verdict);
            points.passUnwritten(Point.at(verdict == Verdict.GO ? Step.CONFIRM_GO : Step.CONFIRM_CANCEL, BEFORE_ANSWER));
        }

        @Override
        public void abandon(MigrationRequest request) {
            real.abandon(request);
        }
    }

    /** The destination. */
    record Coming(MigrationDestination real, Points points) implements MigrationDestination {

        @Override
        public Receiver prepare(MigrationRequest request, Offer offer) {
            Receiver receiver = real.prepare(request, offer);
            points.passUnwritten(Point.at(Step.PREPARE, BEFORE_ANSWER));
            return receiver;
        }

        @Override
        public boolean sourceAsks(Sent sent) {
            return real.sourceAsks(sent);
        }

        @Override
        public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
            if (verdict == Verdict.GO) {
                points.passUnwritten(Point.at(Step.FINISH, ASKING));
            }
            Arrived arrived;
            try {
                arrived = real.finish(request, sent, verdict);
            } catch (VirtException e) {
                if (e.is(ErrorCode.MIGRATE_FINISH_OK)) { // it is barred
                    points.passUnwritten(Point.at(Step.BAR, BEFORE_ANSWER));
                }
                throw e;
            }
            points.passUnwritten(Point.at(Step.HANDOVER, BEFORE_ANSWER));
            return arrived;
        }

        @Override
        public void abandon(MigrationRequest request) {
            real.abandon(request);
        }
    }

    /** A host that is asked. */
    record Asked(MigrationResolution real, Points points) implements MigrationResolution {

        @Override
        public Standing ask(MigrationId migration, DomainRef guest) {
            points.passUnwritten(Point.at(Step.ANSWER, ASKING));
            Standing standing = real.ask(migration, guest);
            points.passUnwritten(Point.at(Step.ANSWER, BEFORE_ANSWER));
            return standing;
        }

        @Override
        public List<Report> reports(UUID guest) {
            return real.reports(guest);
        }

        @Override
        public Standing askAgain(DomainRef guest) {
            return real.askAgain(guest);
        }

        @Override
        public void decide(DomainRef guest, Verdict verdict, boolean force) {
            real.decide(guest, verdict, force);
        }

        @Override
        public List<byte[]> journal(Optional<UUID> guest) {
            return real.journal(guest);
        }
    }

    /** A host that asks. */
    record Asking(DestinationQuestion real, Points points) implements DestinationQuestion {

        @Override
        public Standing ask(List<String> uris, MigrationId migration, DomainRef guest) {
            points.passUnwritten(Point.at(Step.ASK, ASKING));
            Standing standing = real.ask(uris, migration, guest);
            points.passUnwritten(Point.at(Step.ASK, TOLD));
            return standing;
        }
    }
}

package dev.godwit.lab.fault.daemon;

import static dev.godwit.domain.Host.DESTINATION;
import static dev.godwit.domain.Host.SOURCE;

import dev.godwit.domain.Host;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A point in a migration at which a fault can be: {@code source.confirm.go:after-journal}.
 *
 * <p>A daemon makes a promise by writing an entry, and acts after it. So there is a point before and after each entry, and one
 * before each answer; between two entries with nothing in between there is none.
 *
 * @param step   what the host is about
 * @param moment how far it is with that
 */
public record Point(Step step, Moment moment) {

    /** What a host does in a migration. */
    public enum Step {
        /** The source locks the guest and describes it. */
        BEGIN(SOURCE, "begin"),
        /** The source learns where the destination can be asked. */
        LEARN(SOURCE, "learn"),
        /** The source sends the guest. */
        PERFORM(SOURCE, "perform"),
        /** The source has failed to send it, and lets it run again. */
        BACK(SOURCE, "back"),
        /** The source ends the original. */
        CONFIRM_GO(SOURCE, "confirm.go"),
        /** The source lets the original run again. */
        CONFIRM_CANCEL(SOURCE, "confirm.cancel"),
        /** The source asks the destination. */
        ASK(SOURCE, "ask"),
        /** The source forgets a migration in which nothing was sent. */
        FORGET(SOURCE, "forget"),
        /** The destination makes a receiver. */
        PREPARE(DESTINATION, "prepare"),
        /** The destination is told to let the guest run. */
        FINISH(DESTINATION, "finish"),
        /** The destination makes the guest its own and starts its CPUs. */
        HANDOVER(DESTINATION, "handover"),
        /** The destination makes certain that the guest never runs there. */
        BAR(DESTINATION, "bar"),
        /** The destination is asked. */
        ANSWER(DESTINATION, "ask"),
        /** The destination forgets a migration that came to nothing. */
        DROP(DESTINATION, "drop");

        private final Host side;
        private final String word;

        Step(Host side, String word) {
            this.side = side;
            this.word = word;
        }

        /** The host that takes it. */
        public Host side() {
            return side;
        }
    }

    /** How far a host is with a step. */
    public enum Moment {
        /** Nothing is written, nothing done. */
        BEFORE_JOURNAL,
        /** It is written what will be done, and nothing is done. */
        AFTER_JOURNAL,
        /** It is done, and not written that it is. */
        ACTED,
        /** It is done and written, and nobody has been told. */
        BEFORE_ANSWER,
        /** A part of the guest's memory has been sent. Seen from outside; no daemon stops there. */
        MIDWAY,
        /** A question or a call is about to be sent, or has come. */
        ASKING,
        /** The answer has come, and nothing is done about it. */
        TOLD
    }

    /** Shorter than the constructor in tables of points. */
    static Point at(Step step, Moment moment) {
        return new Point(step, moment);
    }

    /**
     * The point of a name.
     *
     * @param name as {@link #toString} has it
     */
    public static Point of(String name) {
        return Stream.of(Step.values()).flatMap(step -> Stream.of(Moment.values()).map(moment -> at(step, moment)))
                .filter(point -> point.toString().equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no point " + name));
    }

    /** The host that comes to it. */
    public Host side() {
        return step.side();
    }

    @Override
    public String toString() {
        return (side() == SOURCE ? "source." : "destination.") + step.word + ":"
                + moment.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

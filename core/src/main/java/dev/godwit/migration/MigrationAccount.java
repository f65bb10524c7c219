package dev.godwit.migration;

import dev.godwit.migration.MigrationAudit.Evidence;
import dev.godwit.migration.MigrationAudit.Finding;
import dev.godwit.migration.MigrationAudit.Kind;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * One migration as the journals of its two hosts have it, put side by side: what each says, and whether that goes together. For
 * {@link MigrationAudit}.
 */
final class MigrationAccount {

    private final UUID guest;
    private final UUID migration;
    private final List<Source> sources = new ArrayList<>();
    private final List<Destination> destinations = new ArrayList<>();

    /**
     * A migration.
     *
     * @param guest     of this guest
     * @param migration which
     * @param entries   those about it, by host
     */
    MigrationAccount(UUID guest, UUID migration, Map<String, List<MigrationEntry>> entries) {
        this.guest = guest;
        this.migration = migration;
        entries.forEach((host, written) -> {
            if (written.stream().anyMatch(entry -> entry instanceof Opened opened && opened.source())) {
                sources.add(new Source(host, written));
            } else {
                destinations.add(new Destination(host, written));
            }
        });
    }

    /** One of its hosts. */
    private abstract static sealed class Side {

        final String host;

        Side(String host) {
            this.host = host;
        }

        /** An entry of this host, to be shown. */
        final Optional<Evidence> shows(Optional<? extends MigrationEntry> entry) {
            return entry.map(present -> new Evidence(host, present));
        }
    }

    /** What the source has written. */
    private static final class Source extends Side {

        private Optional<Opened> opened = Optional.empty();
        /** Since it may have been sent. */
        private Optional<MigrationEntry> sending = Optional.empty();
        /** Since all has been sent. */
        private Optional<MigrationEntry> sent = Optional.empty();
        /** Since the guest runs here again, or never stopped. */
        private Optional<MigrationEntry> tookBack = Optional.empty();
        /** Since the original is ended. */
        private Optional<MigrationEntry> gaveAway = Optional.empty();
        private Optional<Closed> closed = Optional.empty();

        Source(String host, List<MigrationEntry> entries) {
            super(host);
            entries.forEach(this::read);
        }

        private void read(MigrationEntry entry) {
            switch (entry) {
                case Opened begun -> opened = Optional.of(begun);
                case Entered entered when entered.phase() == PhaseCode.PERFORM -> sending = Optional.of(entered);
                case Done done when done.phase() == PhaseCode.PERFORM -> sent = Optional.of(done);
                case Failed failed when failed.phase() == PhaseCode.PERFORM -> tookBack = first(tookBack, failed);
                case Entered entered when entered.phase() == PhaseCode.CONFIRM -> confirmed(entered, entered.cancel());
                case Done done when done.phase() == PhaseCode.CONFIRM -> confirmed(done, done.cancel());
                case Closed end -> {
                    closed = Optional.of(end);
                    switch (end.owner()) {
                        case SOURCE -> tookBack = first(tookBack, end);
                        case DESTINATION -> gaveAway = first(gaveAway, end);
                        case NOBODY, UNKNOWN -> { }
                    }
                }
                default -> { }
            }
        }

        /** Its copy of the guest ended while it moved, whatever became of the one that was sent. */
        boolean copyEnded() {
            return closed.filter(end -> end.owner() == OwnerCode.NOBODY || end.owner() == OwnerCode.UNKNOWN).isPresent();
        }

        /**
         * Since all may have been sent. That it has been is forced after it is answered: when the host ended in between, that entry is
         * missing, and the guest has ended with the host.
         */
        Optional<MigrationEntry> maybeSent() {
            return sent.or(() -> sending.filter(_ -> tookBack.isEmpty()));
        }

        private void confirmed(MigrationEntry entry, boolean cancel) {
            if (cancel) {
                tookBack = first(tookBack, entry);
            } else {
                gaveAway = first(gaveAway, entry);
            }
        }

        private static Optional<MigrationEntry> first(Optional<MigrationEntry> known, MigrationEntry entry) {
            return Optional.of(known.orElse(entry));
        }
    }

    /** What a destination has written, or a host that was merely asked. */
    private static final class Destination extends Side {

        private Optional<Opened> opened = Optional.empty();
        /** Since the guest is this host's; not where that was taken back before it ran. */
        private Optional<HandedOver> handed = Optional.empty();
        private Optional<Barred> barred = Optional.empty();
        /** A hand-over through a door that was closed. */
        private Optional<HandedOver> afterBarred = Optional.empty();
        private Optional<Closed> closed = Optional.empty();

        Destination(String host, List<MigrationEntry> entries) {
            super(host);
            entries.forEach(this::read);
        }

        private void read(MigrationEntry entry) {
            switch (entry) {
                case Opened begun -> opened = Optional.of(begun);
                case HandedOver over -> {
                    handed = Optional.of(over);
                    if (barred.isPresent()) {
                        afterBarred = Optional.of(over);
                    }
                }
                case Barred never -> {
                    barred = Optional.of(barred.orElse(never));
                    handed = Optional.empty();
                }
                case Closed end -> closed = Optional.of(end);
                default -> { }
            }
        }

        /** It cannot be handed over here any more. */
        boolean neverWill() {
            return handed.isEmpty() && (barred.isPresent() || closed.isPresent());
        }
    }

    /** The largest token in it; 0 where a host was merely asked about it. */
    long token() {
        long most = 0;
        for (Source source : sources) {
            most = Math.max(most, source.opened.map(Opened::token).orElse(0L));
        }
        for (Destination destination : destinations) {
            most = Math.max(most, destination.opened.map(Opened::token).orElse(0L));
            most = Math.max(most, destination.handed.map(HandedOver::token).orElse(0L));
        }
        return most;
    }

    /** The source, where its journal is there. */
    Optional<String> source() {
        return sources.stream().map(source -> source.host).findFirst();
    }

    /** To whom the guest was handed over. */
    Optional<String> handedTo() {
        return destinations.stream().filter(one -> one.handed.isPresent()).map(one -> one.host).findFirst();
    }

    /** Whose the guest is after it, where it has ended well. */
    Optional<String> endedAt() {
        return handedTo().or(this::source);
    }

    /** The hand-over's entry. */
    Optional<Evidence> handOver() {
        return destinations.stream().flatMap(one -> one.shows(one.handed).stream()).findFirst();
    }

    /** The entry with which the source began it. */
    Optional<Evidence> beginning() {
        return sources.stream().flatMap(one -> one.shows(one.opened).stream()).findFirst();
    }

    /** What the two journals say together. */
    Finding finding() {
        Optional<Finding> wrong = contradictionOfRoles().or(this::contradictionOfDestination);
        if (wrong.isPresent()) {
            return wrong.get();
        }
        Optional<Destination> there = destinations.stream().filter(one -> one.opened.isPresent()).findFirst();
        if (sources.isEmpty()) {
            return there.map(this::withoutSource).orElseGet(this::merelyAsked);
        }
        return there.map(destination -> both(sources.getFirst(), destination))
                .orElseGet(() -> withoutDestination(sources.getFirst()));
    }

    private Optional<Finding> contradictionOfRoles() {
        List<Destination> opened = destinations.stream().filter(one -> one.opened.isPresent()).toList();
        for (List<? extends Side> sides : List.of(sources, opened)) {
            if (sides.size() > 1) {
                return Optional.of(finding(Kind.CONTRADICTION, sides.get(0).host + " and " + sides.get(1).host
                        + " both say that they are its " + (sides == sources ? "source" : "destination"),
                        beginning(sides.get(0)), beginning(sides.get(1))));
            }
        }
        List<Evidence> others = Stream.concat(sources.stream(), opened.stream()).flatMap(one -> beginning(one).stream())
                .filter(shown -> shown.entry() instanceof Opened begun && !begun.guest().equals(guest)).toList();
        return others.isEmpty() ? Optional.empty() : Optional.of(new Finding(Kind.CONTRADICTION, Optional.of(migration),
                others.getFirst().host() + " says that it moves another guest", others));
    }

    private static Optional<Evidence> beginning(Side side) {
        return side.shows(switch (side) {
            case Source source -> source.opened;
            case Destination destination -> destination.opened;
        });
    }

    private Optional<Finding> contradictionOfDestination() {
        for (Destination one : destinations) {
            if (one.afterBarred.isPresent()) {
                return Optional.of(finding(Kind.CONTRADICTION, one.host + " let the guest run after it had promised that it"
                        + " never would by this migration", one.shows(one.barred), one.shows(one.afterBarred)));
            }
            if (one.handed.isPresent() && one.opened.isEmpty()) {
                return Optional.of(finding(Kind.CONTRADICTION, one.host + " let the guest run without having begun to take it in",
                        one.shows(one.handed)));
            }
            if (one.handed.isPresent() && one.closed.filter(end -> end.owner() == OwnerCode.SOURCE).isPresent()) {
                return Optional.of(finding(Kind.CONTRADICTION, one.host + " let the guest run and then said that it is the"
                        + " source's", one.shows(one.handed), one.shows(one.closed)));
            }
            if (one.handed.isEmpty() && one.closed.filter(end -> end.owner() == OwnerCode.DESTINATION).isPresent()) {
                return Optional.of(finding(Kind.CONTRADICTION, one.host + " says that the guest is its own, and no hand-over is"
                        + " written down there", one.shows(one.barred), one.shows(one.closed)));
            }
        }
        return Optional.empty();
    }

    private Finding both(Source source, Destination there) {
        String way = source.host + " to " + there.host + ", token " + token() + ": ";
        if (there.handed.isPresent()) {
            return handed(way, source, there);
        }
        if (source.gaveAway.isPresent()) {
            return finding(Kind.CONTRADICTION, way + source.host + " ended its copy, and " + there.host + " has not let the guest run"
                    + (there.neverWill() ? ": it is lost" : ""),
                    source.shows(source.gaveAway), there.shows(there.barred), there.shows(there.closed));
        }
        if (source.copyEnded() && there.neverWill()) {
            return finding(Kind.CLEAR, way + "the guest ended while it moved", source.shows(source.closed),
                    there.shows(there.barred), there.shows(there.closed));
        }
        if (source.sent.isEmpty()) {
            return notSent(way, source);
        }
        if (source.tookBack.isPresent()) {
            return there.neverWill()
                    ? finding(Kind.CLEAR, way + "it was sent to its end, " + there.host + " did not let it run and cannot any more,"
                            + " and " + source.host + " took it back",
                            there.shows(there.barred), there.shows(there.closed), source.shows(source.tookBack))
                    : finding(Kind.OPEN, way + source.host + " took it back, and " + there.host
                            + " has not said yet that it never lets it run",
                            source.shows(source.tookBack), there.shows(there.opened));
        }
        return finding(Kind.OPEN, way + "it was sent to its end and is paused at " + source.host + "; " + there.host
                + (there.neverWill() ? " does not let it run, and " + source.host + " has not taken it back yet"
                        : " has neither let it run nor promised never to"),
                source.shows(source.sent), there.shows(there.barred));
    }

    private Finding handed(String way, Source source, Destination there) {
        if (source.maybeSent().isEmpty()) {
            return finding(Kind.CONTRADICTION, way + there.host + " let the guest run, which " + source.host
                    + " had not sent to its end", source.shows(source.tookBack), there.shows(there.handed));
        }
        if (source.tookBack.isPresent()) {
            return finding(Kind.CONTRADICTION, way + "it was handed over to " + there.host + ", and " + source.host
                    + " took it back: two copies ran",
                    source.shows(source.sent), source.shows(source.tookBack), there.shows(there.handed));
        }
        if (there.handed.get().token() < source.opened.map(Opened::token).orElse(0L)) {
            return finding(Kind.CONTRADICTION, way + there.host + " let the guest run under a smaller token than it was sent with",
                    source.shows(source.opened), there.shows(there.handed));
        }
        if (source.gaveAway.isEmpty() && !source.copyEnded()) {
            return finding(Kind.OPEN, way + "it was handed over to " + there.host + ", and " + source.host
                    + " has not ended its paused original yet", source.shows(source.maybeSent()), there.shows(there.handed));
        }
        return finding(Kind.CLEAR, way + "it was sent to its end and handed over to " + there.host + ", and its original at "
                + source.host + " is ended",
                source.shows(source.maybeSent()), there.shows(there.handed), source.shows(source.gaveAway.or(() -> source.closed)));
    }

    private Finding notSent(String way, Source source) {
        if (source.copyEnded()) {
            return finding(Kind.CLEAR, way + "the guest ended while it moved", source.shows(source.closed));
        }
        return source.tookBack.isPresent()
                ? finding(Kind.CLEAR, way + "it was not sent to its end, and stayed at " + source.host,
                        source.shows(source.tookBack))
                : finding(Kind.OPEN, way + "it goes on, and the guest is at " + source.host, source.shows(source.opened));
    }

    private Finding withoutDestination(Source source) {
        String way = source.host + " to " + source.opened.map(Opened::peer).filter(peer -> !peer.isEmpty()).orElse("another host")
                + ", token " + token() + ": ";
        if (source.sent.isEmpty() && source.gaveAway.isEmpty()) {
            return notSent(way, source);
        }
        Optional<Destination> asked = destinations.stream().filter(Destination::neverWill).findFirst();
        return finding(Kind.UNKNOWN, way + "it was sent to its end, and " + asked.map(one -> one.host
                + " has promised never to let it run without having begun to take it in: it may not have been the destination, or"
                + " have forgotten").orElse("the journal of its destination is not among these, or is silent: a stock host keeps"
                + " none"), source.shows(source.sent), source.shows(source.tookBack), source.shows(source.gaveAway),
                asked.flatMap(one -> one.shows(one.barred)));
    }

    private Finding withoutSource(Destination there) {
        String way = there.opened.map(Opened::peer).filter(peer -> !peer.isEmpty()).orElse("another host") + " to " + there.host
                + ", token " + token() + ": ";
        if (there.handed.isPresent()) {
            return finding(Kind.UNKNOWN, way + "it was handed over to " + there.host + ", and the journal of its source is not among"
                    + " these, or is silent: a stock host keeps none", there.shows(there.handed));
        }
        return there.neverWill()
                ? finding(Kind.CLEAR, way + there.host + " did not let the guest run and cannot any more",
                        there.shows(there.barred), there.shows(there.closed))
                : finding(Kind.OPEN, way + there.host + " has neither let the guest run nor promised never to",
                        there.shows(there.opened));
    }

    private Finding merelyAsked() {
        Destination asked = destinations.getFirst();
        return finding(Kind.CLEAR, asked.host + " was asked about a migration that it had not heard of, and has promised never to"
                + " let the guest run by it", asked.shows(asked.barred));
    }

    @SafeVarargs
    private Finding finding(Kind kind, String says, Optional<Evidence>... evidence) {
        List<Evidence> shown = new ArrayList<>();
        for (Optional<Evidence> one : evidence) {
            one.ifPresent(shown::add);
        }
        return new Finding(kind, Optional.of(migration), says, shown);
    }
}

package dev.godwit.cli.migration;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.guest;
import static dev.godwit.cli.syntax.Option.output;
import static dev.godwit.cli.syntax.Option.text;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.client.Connection;
import dev.godwit.client.Resolution;
import dev.godwit.client.migration.DestinationInquiry;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationResolution.Report;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * {@code migrate-resolve}: what two hosts say of a guest whose migration broke off, and an administrator's decision.
 *
 * <p>Decisions are carried out by the source, on what the destination says. The source asks it itself; where it cannot, this program
 * does, over a connection of its own ({@code --peer}).
 */
public final class ResolveCommand {

    private ResolveCommand() {}

    /** {@code migrate-resolve}. */
    public static Command command() {
        return Command.of(Syntax.of("migrate-resolve", "whose a guest is after a migration that broke off, and decide it",
                "Shows what this host knows of a guest's last migration, has it ask the destination again if that is in doubt, and ends"
                        + " with a line that says whose the guest is. With --to an administrator decides, on the source, and never"
                        + " against what the destination says, or without it, unless --force is given: then a second copy may run.",
                guest(),
                text("peer", "the other host's connection URI, to ask it from here, where this host cannot"),
                text("to", "decide that the guest belongs to the source, where it runs on, or to the destination")
                        .completedBy(new Option.Completion.Words(List.of("source", "destination"))),
                flag("force", "decide without evidence, or against it; with --to"), output()), ResolveCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        boolean json = session.json(arguments);
        arguments.needs("force", "to");
        Optional<Verdict> wanted = arguments.text("to").map(ResolveCommand::verdict);
        MovedGuest guest = MovedGuest.find(session.connection(), arguments.required("domain"));
        Optional<Connection> peer = arguments.text("peer").map(session::openOther);
        try {
            new ResolveCommand.Case(session, guest, peer, wanted, arguments.has("force")).run(json);
        } finally {
            peer.ifPresent(Connection::close);
        }
    }

    private static Verdict verdict(String word) {
        return switch (word) {
            case "source" -> Verdict.CANCEL;
            case "destination" -> Verdict.GO;
            default -> throw new UsageException("--to " + word + " is neither 'source' nor 'destination'");
        };
    }

    /** One guest of one host. */
    private static final class Case {

        private final Session session;
        private final Connection here;
        private final MovedGuest guest;
        private final Optional<Connection> peer;
        private final Optional<Verdict> wanted;
        private final boolean force;
        private final ResolveReport report;
        /** The destination has answered this program, and not the source. */
        private boolean answeredHere;

        Case(Session session, MovedGuest guest, Optional<Connection> peer, Optional<Verdict> wanted, boolean force) {
            this.session = session;
            this.here = session.connection();
            this.guest = guest;
            this.peer = peer;
            this.wanted = wanted;
            this.force = force;
            this.report = new ResolveReport(session, guest, MovedGuest.hostOf(here), peer);
        }

        void run(boolean json) {
            Optional<List<Report>> known = reports();
            report.begins(known, json);
            Optional<CommandFailed> failure = Optional.empty();
            try {
                if (wanted.isPresent() && open(known).isEmpty() && settledSo(known, wanted.get())) {
                    report.decidedBefore();
                } else if (wanted.isPresent()) {
                    decide(open(known), wanted.get());
                } else {
                    open(known).ifPresent(this::ask);
                }
            } catch (CommandFailed e) {
                failure = Optional.of(e);
            } catch (VirtException e) {
                failure = Optional.of(new CommandFailed(e.getMessage()));
            }
            report.ends(reports(), json);
            failure.ifPresent(e -> {
                throw e;
            });
        }

        /** Empty for a stock host, which keeps none. */
        private Optional<List<Report>> reports() {
            try {
                return Optional.of(here.resolution().reports(guest.uuid()));
            } catch (VirtException e) {
                if (Resolution.isUnknownTo(e)) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        private static Optional<Report> open(Optional<List<Report>> reports) {
            return reports.flatMap(all -> all.stream().filter(one -> one.open() && one.source()).findFirst());
        }

        private static boolean settledSo(Optional<List<Report>> reports, Verdict verdict) {
            return reports.flatMap(all -> all.stream().findFirst()).filter(Report::source).map(Report::owner)
                    .filter((verdict == Verdict.GO ? "destination" : "source")::equals).isPresent();
        }

        private DomainRef ref() {
            return new DomainRef(guest.name(), guest.uuid(), DomainRef.INACTIVE);
        }

        /** Shows what the destination says now. */
        private void ask(Report open) {
            try {
                question(open);
            } catch (VirtException e) {
                if (!e.is(ErrorCode.OPERATION_INVALID) && !e.is(ErrorCode.NO_DOMAIN)) {
                    throw e;
                }
                report.notAsked(e.getMessage()); // it still goes on, or has just been settled
            }
        }

        /**
         * The source asks the destination, and acts on a clear answer. Where it cannot, this program does, which changes nothing
         * at the source.
         *
         * @throws VirtException 55 when the migration is not in doubt: then nobody must be asked, because the question closes the door
         */
        private Standing question(Report open) {
            Standing standing = here.resolution().askAgain(ref());
            report.asked(MovedGuest.hostOf(here), standing);
            if (standing.answer() != Standing.Answer.UNCLEAR || peer.isEmpty()) {
                return standing;
            }
            answeredHere = true;
            return inquire(open, peer.get());
        }

        private Standing inquire(Report open, Connection there) {
            Standing standing = knows(open, there)
                    ? new DestinationInquiry(there).ask(open.migration(), ref(), Optional.empty(), true)
                    : new Standing(Standing.Answer.UNCLEAR, 0, MovedGuest.hostOf(there)
                            + " has never heard of this migration; it may not be the destination");
            report.asked("this program", standing);
            return standing;
        }

        /** One of ours that has never heard of it would bar it, which from another host than the destination proves nothing. */
        private boolean knows(Report open, Connection there) {
            try {
                return there.resolution().reports(guest.uuid()).stream()
                        .anyMatch(one -> one.migration().equals(open.migration()) && !one.source());
            } catch (VirtException e) {
                if (Resolution.isUnknownTo(e)) {
                    return true; // a stock host, which could not know it
                }
                throw e;
            }
        }

        private void decide(Optional<Report> open, Verdict verdict) {
            if (open.isEmpty()) {
                throw new CommandFailed("nothing is to be decided about guest '" + guest.name() + "' on " + MovedGuest.hostOf(here)
                        + ": decisions are taken on the source of a migration that is in doubt");
            }
            if (!force) {
                Standing standing = question(open.get());
                if (!allows(standing, verdict)) {
                    throw new CommandFailed((standing.answer() == Standing.Answer.UNCLEAR
                            ? "nothing proves whose guest '" + guest.name() + "' is: "
                            : "the destination says otherwise of guest '" + guest.name() + "': ") + standing.evidence(),
                            standing.answer() == Standing.Answer.UNCLEAR || answeredHere
                                    ? "--force decides all the same, and a second copy may run then"
                                    : "what it says was carried out");
                }
                if (!answeredHere) {
                    report.decided(verdict, false); // the source has acted on the answer already
                    return;
                }
            }
            // By force as far as the source is concerned, which cannot see the evidence.
            here.resolution().decide(ref(), verdict, true);
            report.decided(verdict, force);
        }

        private static boolean allows(Standing standing, Verdict verdict) {
            return switch (standing.answer()) {
                case ARRIVED -> verdict == Verdict.GO;
                case BARRED -> verdict == Verdict.CANCEL;
                case UNCLEAR -> false;
            };
        }
    }
}

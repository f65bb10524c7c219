package dev.godwit.cli.migration;

import dev.godwit.cli.command.CommandFailed;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.domain.JobCommands;
import dev.godwit.cli.text.Amount;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.Host;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationOutcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a migration's end means for the one who asked for it: who has the guest, and what to do now. */
final class OutcomeReport {

    private final Domain guest;
    private final Goal goal;
    private final MigrationOutcome outcome;
    private final boolean paused;

    /**
     * Where the guest was to go.
     *
     * @param uri        of the destination, as whoever drives reaches it
     * @param peer       the destination's name
     * @param connection to it; empty where this program has none
     */
    record Goal(String uri, String peer, Optional<Connection> connection) {

        static Goal of(Connection destination) {
            return new Goal(destination.uri(), destination.peer(), Optional.of(destination));
        }

        static Goal of(ConnectUri uri) {
            return new Goal(uri.toString(), uri.host().orElse("localhost"), Optional.empty());
        }
    }

    OutcomeReport(Domain guest, Goal goal, MigrationOutcome outcome, boolean paused) {
        this.guest = guest;
        this.goal = goal;
        this.outcome = outcome;
        this.paused = paused;
    }

    /** Two hosts on one machine are told apart by what they were opened with. */
    private boolean oneMachine() {
        return guest.connection().peer().equals(goal.peer());
    }

    private String from() {
        return oneMachine() ? guest.connection().uri() : guest.connection().peer();
    }

    private String to() {
        return oneMachine() ? goal.uri() : goal.peer();
    }

    /** One line that says who has the guest. */
    String owner() {
        // Not left to the switch, whose first use takes the JDK longer than all of this: most migrations end here.
        if (outcome instanceof MigrationOutcome.Completed completed) {
            return moved(completed);
        }
        return switch (outcome) {
            case MigrationOutcome.Completed completed -> moved(completed);
            case MigrationOutcome.LeftBehind left -> "Domain '" + guest.name() + "' moved to " + to()
                    + renamed(left.guest()) + ", but " + from() + " may still have a paused copy" + (keepsRecord()
                            ? ", which it ends by itself as soon as it can"
                            : ". Once it runs at " + to() + ", destroy it at " + from());
            case MigrationOutcome.RolledBack back -> stays(back);
            case MigrationOutcome.InDoubt _ -> "Domain '" + guest.name() + "' is paused at " + from() + ", and "
                    + to() + " does not say whether it runs there" + (keepsRecord()
                            ? "; " + from() + " asks until that is settled, and 'godwit migrate-resolve " + guest.name()
                                    + "' shows what is known. Start and destroy it nowhere before"
                            : ". Look there before anything is started: if it runs at " + to() + ", destroy it at " + from()
                                    + "; if it is not there, resume it at " + from());
            case MigrationOutcome.OutOfSight _ -> "Domain '" + guest.name() + "' is being moved to " + to() + " by "
                    + from() + ", which cannot be seen any more. Start it nowhere before " + from() + " or " + to()
                    + " has said whose it is";
            case MigrationOutcome.Died died -> "Domain '" + guest.name() + "' ended at "
                    + (died.host() == Host.SOURCE ? from() : to()) + " while it moved";
        };
    }

    /** The source has it, if it could be told to let it run again. */
    private String stays(MigrationOutcome.RolledBack back) {
        String phase = back.at().name().toLowerCase(Locale.ROOT) + " failed";
        boolean there = back.causes().getFirst().host() == Host.DESTINATION;
        boolean paused = there && back.causes().stream().anyMatch(cause -> cause.host() == Host.SOURCE);
        return "Domain '" + guest.name() + "' " + (paused
                ? "is paused at " + from() + ": " + phase + " at " + to() + ", and " + from() + " has not let it run again"
                : "did not move and stays at " + from() + ": " + phase + (there ? " at " + to() : ""));
    }

    /** Whether the source sees to what is left by itself, as ours do. */
    private boolean keepsRecord() {
        try {
            guest.connection().resolution().reports(guest.uuid());
            return true;
        } catch (VirtException e) {
            return false;
        }
    }

    private String moved(MigrationOutcome.Completed completed) {
        return "Domain '" + guest.name() + "' moved to " + to() + renamed(completed.guest())
                + (paused ? " and is paused there" : " and runs there") + figures();
    }

    private String renamed(DomainRef there) {
        return there.name().equals(guest.name()) ? "" : " as '" + there.name() + "'";
    }

    /** What the destination counted, as far as it did. */
    private String figures() {
        return completed().map(stats -> {
            StringBuilder text = new StringBuilder(": ").append(Amount.time(stats.orZero(JobField.TIME_ELAPSED)));
            stats.get(JobField.DOWNTIME).ifPresent(downtime ->
                    text.append(", stood still for ").append(Amount.time(downtime)));
            text.append(", ").append(Amount.brief(stats.orZero(JobField.DATA_PROCESSED))).append(" sent");
            stats.get(JobField.MEMORY_ITERATION).ifPresent(passes ->
                    text.append(" in ").append(passes).append(passes == 1 ? " pass" : " passes"));
            return text.toString();
        }).orElse("");
    }

    private Optional<JobStats> completed() {
        DomainRef there = outcome instanceof MigrationOutcome.Completed completed ? completed.guest()
                : outcome instanceof MigrationOutcome.LeftBehind left ? left.guest()
                : guest.ref();
        if (outcome.owner() != MigrationOutcome.Owner.DESTINATION || goal.connection().isEmpty()) {
            return Optional.empty();
        }
        try {
            JobStats stats = goal.connection().get().domains().of(there).jobs().completed(true);
            return stats.type() == JobType.COMPLETED ? Optional.of(stats) : Optional.empty();
        } catch (VirtException e) {
            // It moved; that nobody counted is no failure.
            return Optional.empty();
        }
    }

    /** The outcome for scripts. */
    Map<String, Object> json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("guest", guest.name());
        fields.put("uuid", guest.uuid().toString());
        fields.put("source", guest.connection().uri());
        fields.put("destination", goal.uri());
        fields.put("outcome", switch (outcome) {
            case MigrationOutcome.Completed _ -> "completed";
            case MigrationOutcome.LeftBehind _ -> "left-behind";
            case MigrationOutcome.RolledBack _ -> "rolled-back";
            case MigrationOutcome.InDoubt _ -> "in-doubt";
            case MigrationOutcome.OutOfSight _ -> "out-of-sight";
            case MigrationOutcome.Died _ -> "died";
        });
        fields.put("owner", outcome.owner().name().toLowerCase(Locale.ROOT));
        fields.put("causes", outcome.causes().stream().map(cause -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("host", cause.host().name().toLowerCase(Locale.ROOT));
            one.put("name", cause.error().host().orElse(cause.host() == Host.SOURCE ? from() : to()));
            one.put("code", cause.error().codeNumber());
            one.put("message", cause.error().getMessage());
            return one;
        }).toList());
        fields.put("statistics", completed().map(JobCommands::json));
        return fields;
    }

    /**
     * Says it, on standard output where the guest moved.
     *
     * @param session takes it
     * @param json    whether standard output has been given JSON, and shall have nothing else
     * @throws CommandFailed if the guest did not move
     */
    void conclude(Session session, boolean json) {
        Optional<VirtException> failure = outcome.failure();
        if (failure.isPresent()) {
            List<String> lines = new ArrayList<>(List.of(failure.get().getMessage()));
            lines.addAll(others(failure.get()));
            lines.add(owner());
            throw new CommandFailed(lines.toArray(String[]::new));
        }
        List<MigrationOutcome.Cause> causes = outcome.causes();
        if (!causes.isEmpty()) {
            causes.forEach(cause -> session.complain("warning: " + cause + "\n"));
            session.complain("warning: " + owner() + "\n");
        } else if (!json && !session.settings().quiet()) {
            // Asks the destination for its figures, so only where somebody reads them.
            session.remark(owner() + "\n");
        }
    }

    /** What each host said, the first cause first, where the one message does not say all of it. */
    private List<String> others(VirtException failure) {
        boolean all = outcome.causes().stream().allMatch(cause -> failure.getMessage().contains(cause.error().getMessage()));
        return all ? List.of() : outcome.causes().stream().map(cause ->
                "Message from the " + cause.host().name().toLowerCase(Locale.ROOT) + " host "
                        + cause.error().host().orElse(cause.host() == Host.SOURCE ? from() : to()) + ": "
                        + cause.error().getMessage()).toList();
    }
}

package dev.godwit.migration;

import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationEntry.AskAt;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.MigrationEntry.Step;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a host's journal says of one migration.
 *
 * @param id         which
 * @param opened     how it began here; empty for one that this host was only asked about
 * @param ask        connection URIs under which the other host can be asked, the last that were learned
 * @param peer       who the other host is, the last that was learned; empty where nothing is known
 * @param step       the last step of a phase: entered and not ended, done, or failed
 * @param verdict    what FINISH or CONFIRM were last told, from the moment they were entered; empty before
 * @param handedOver destination: since when the guest is this host's
 * @param barred     destination: since when it is certain that the guest never runs here by this migration
 * @param closed     since when nothing more happens here
 */
public record JournaledMigration(UUID id, Optional<Opened> opened, List<String> ask, String peer, Optional<Step> step,
        Optional<Verdict> verdict, Optional<HandedOver> handedOver, Optional<Barred> barred, Optional<Closed> closed) {

    /** Makes it unchangeable. */
    public JournaledMigration {
        ask = List.copyOf(ask);
    }

    /** A migration of which the journal says nothing. */
    public static JournaledMigration unheardOf(UUID id) {
        return new JournaledMigration(id, Optional.empty(), List.of(), "", Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The same migration after one more entry. What was handed over or barred once stays so. */
    JournaledMigration after(MigrationEntry entry) {
        return switch (entry) {
            case Opened begun -> new JournaledMigration(id, Optional.of(begun), begun.ask(), begun.peer(), step, verdict,
                    handedOver, barred, Optional.empty());
            case AskAt found -> new JournaledMigration(id, opened, found.ask(), found.peer(), step, verdict,
                    handedOver, barred, closed);
            case Entered entered -> stepped(entered, told(entered.phase(), entered.cancel()));
            case Done done -> stepped(done, told(done.phase(), done.cancel()));
            case Failed failed -> stepped(failed, verdict);
            case HandedOver over -> new JournaledMigration(id, opened, ask, peer, step, verdict,
                    Optional.of(handedOver.orElse(over)), barred, closed);
            case Barred never -> new JournaledMigration(id, opened, ask, peer, step, verdict,
                    handedOver, Optional.of(barred.orElse(never)), closed);
            case Closed end -> new JournaledMigration(id, opened, ask, peer, step, verdict,
                    handedOver, barred, Optional.of(end));
        };
    }

    private JournaledMigration stepped(Step next, Optional<Verdict> told) {
        return new JournaledMigration(id, opened, ask, peer, Optional.of(next), told, handedOver, barred, closed);
    }

    private Optional<Verdict> told(PhaseCode phase, boolean cancel) {
        return phase == PhaseCode.FINISH || phase == PhaseCode.CONFIRM
                ? Optional.of(cancel ? Verdict.CANCEL : Verdict.GO)
                : verdict;
    }

    /** Whether this host began it and has not ended it. */
    public boolean open() {
        return opened.isPresent() && closed.isEmpty();
    }

    /** Whether this host is its source. One that this host was only asked about has another source. */
    public boolean source() {
        return opened.map(Opened::source).orElse(false);
    }

    /** Whether the guest is this host's by it: handed over, and that was not taken back. */
    public boolean arrived() {
        return handedOver.isPresent() && barred.isEmpty();
    }

    /** The guest; empty when nothing says which. */
    public Optional<UUID> guest() {
        return opened.map(Opened::guest).or(() -> barred.map(Barred::guest));
    }

    /** The fencing token, 0 where there is none. */
    public long token() {
        return Math.max(opened.map(Opened::token).orElse(0L), handedOver.map(HandedOver::token).orElse(0L));
    }

    /** The phase that was entered and has not ended. */
    public Optional<PhaseCode> during() {
        return step.filter(Entered.class::isInstance).map(Step::phase);
    }

    /** The last phase that was entered, if it ended well. */
    public Optional<PhaseCode> after() {
        return step.filter(Done.class::isInstance).map(Step::phase);
    }
}

package dev.godwit.cli.migration;

import dev.godwit.cli.command.RawTerminal;
import dev.godwit.cli.command.Session;
import dev.godwit.client.Domain;
import dev.godwit.domain.JobField;
import dev.godwit.domain.JobStats;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import java.util.Locale;

/**
 * Shows how far a migration has come: one line that is written over and over on a terminal, virsh's lines
 * elsewhere, if they are wanted. Carries the wish to cancel.
 */
final class Watch implements PerformControl {

    private static final int DEFAULT_COLUMNS = 80;

    private final Session session;
    private final String head;
    private final boolean line;
    private final boolean plain;
    private final int columns;
    private volatile boolean cancelled;
    private boolean over;
    private int shown;
    private JobStats latest = JobStats.NONE;

    Watch(Session session, Domain guest, String destination, boolean verbose, boolean json) {
        this.session = session;
        this.head = guest.name() + " → " + destination;
        this.line = !json && !session.settings().quiet() && session.streams().errTerminal().yes();
        this.plain = !line && verbose;
        this.columns = line ? RawTerminal.columns().orElse(DEFAULT_COLUMNS) : DEFAULT_COLUMNS;
    }

    /** Wants it cancelled. */
    void cancel() {
        cancelled = true;
        show();
    }

    @Override
    public boolean cancelled() {
        return cancelled;
    }

    @Override
    public void progress(JobStats stats) {
        synchronized (this) {
            latest = stats;
        }
        show();
    }

    /** The last word. */
    void over(MigrationOutcome outcome) {
        boolean moved = outcome.owner() == MigrationOutcome.Owner.DESTINATION;
        synchronized (this) {
            over = true;
            if (line && shown > 0) {
                session.complain("\r" + " ".repeat(shown) + "\r");
            }
        }
        if (plain && moved) {
            session.complain("Migration: [100.00 %]\n");
        }
    }

    private synchronized void show() {
        if (over) {
            return;
        }
        if (line) {
            String text = ProgressText.of(head, latest, cancelled);
            if (text.length() > columns - 1) {
                text = text.substring(0, Math.max(0, columns - 1));
            }
            session.complain("\r" + text + " ".repeat(Math.max(0, shown - text.length())));
            shown = text.length();
        } else if (plain && latest.orZero(JobField.DATA_TOTAL) != 0) {
            session.complain(String.format(Locale.ROOT, "Migration: [%5.2f %%]%n", ProgressText.percent(latest)));
        }
    }
}

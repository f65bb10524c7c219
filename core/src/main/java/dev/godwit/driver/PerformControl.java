package dev.godwit.driver;

import dev.godwit.domain.JobStats;

/** What the one who drives a migration sees of its transfer, and says to it. */
public interface PerformControl {

    /** Watches nothing and never cancels. */
    PerformControl NONE = new PerformControl() {
        @Override
        public void progress(JobStats stats) {}

        @Override
        public boolean cancelled() {
            return false;
        }
    };

    /**
     * Takes the figures, now and then.
     *
     * @param stats how far it has come
     */
    void progress(JobStats stats);

    /** Whether the transfer should be given up, as far as that is still possible. */
    boolean cancelled();
}

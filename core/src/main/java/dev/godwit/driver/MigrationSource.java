package dev.godwit.driver;

import dev.godwit.domain.VirtException;

/**
 * The part of a migration that happens on the host the guest is leaving.
 *
 * <p>Two kinds of object implement this: a driver, and the client's stand-in for a driver at the far
 * end of a connection. The coordinator cannot tell them apart, so one coordinator serves the direct
 * and the peer-to-peer flow, and a test can put a simulated host on either side.
 *
 * <p>A driver that offers this facet implements all of it. What a hypervisor cannot do is said by
 * not offering the facet, never by a method that throws "unsupported".
 *
 * <p><b>A {@code begin} or {@code perform} that throws has already cleaned up this host.</b> The guest
 * runs here again, its job is over, and nothing listens or sends. The caller tells the other host
 * and nobody else.
 *
 * @see MigrationDestination
 */
public interface MigrationSource extends Facet {

    /**
     * Locks the guest into an outgoing job and describes it to the other host.
     *
     * <p>The guest keeps running and stays usable; only changes to its shape are refused until
     * {@link #confirm} or a failure ends the job.
     *
     * @param request what to move and how
     * @return the guest's definition and the cookie for {@link MigrationDestination#prepare}
     * @throws VirtException if the guest may not be moved, with every reason found and not only the first
     */
    Offer begin(MigrationRequest request);

    /**
     * Sends the guest to a waiting receiver.
     *
     * <p>Returns when the guest is paused here and all of it has been sent. From then on it must not
     * run here until {@link #confirm}, or the destination itself, has said that it may; whatever
     * happens to this process.
     *
     * @param request  what to move and how; its URI is where the receiver waits
     * @param receiver what the destination said
     * @param control  takes progress, carries cancellation
     * @return the cookie for {@link MigrationDestination#finish}
     * @throws VirtException if sending failed or was cancelled; the guest runs here again
     */
    Sent perform(MigrationRequest request, Receiver receiver, PerformControl control);

    /**
     * Ends the job. Safe to repeat: a second call with the same verdict does nothing.
     *
     * @param request what was moved and how
     * @param cookie  what the destination said at the end of FINISH; {@link Cookie#NONE} with a cancel
     * @param verdict {@link Verdict#GO} destroys the paused original, {@link Verdict#CANCEL} resumes it
     * @throws VirtException if the verdict could not be carried out; the guest stays paused here
     */
    void confirm(MigrationRequest request, Cookie cookie, Verdict verdict);

    /**
     * Takes everything back alone, because the one who drove is gone: cancels a transfer that goes on,
     * lets the guest run again, ends the job. Does nothing where no outgoing job is open, and nothing
     * to a guest of which all has been sent: only the destination knows whether that one runs.
     *
     * @param request what was to be moved
     */
    void abandon(MigrationRequest request);
}

package dev.godwit.driver;

import dev.godwit.domain.VirtException;

/**
 * The part of a migration that happens on the host the guest goes to.
 *
 * <p><b>A {@code prepare} or {@code finish} that throws has already cleaned up this host</b>: no
 * receiver, no port, no configuration is left behind.
 *
 * @see MigrationSource
 */
public interface MigrationDestination extends Facet {

    /**
     * Starts a paused receiver.
     *
     * @param request what to move and how; {@code destinationXml} is what the source offered
     * @param offer   what the source said at the end of BEGIN
     * @return where the receiver waits
     * @throws VirtException if the guest cannot be received; nothing is left behind
     */
    Receiver prepare(MigrationRequest request, Offer offer);

    /**
     * Starts the guest, or throws the receiver away. With {@link Verdict#GO} this is the point of no
     * return: when it has answered, the guest belongs to this host.
     *
     * @param request what was moved and how
     * @param sent    what the source said at the end of PERFORM
     * @param verdict whether to start the guest
     * @return the guest as it is called here
     * @throws VirtException with {@link Verdict#GO} if the guest could not be started, and nothing of
     *         it is left; with {@link Verdict#CANCEL} always, {@code MIGRATE_FINISH_OK} when the receiver
     *         is gone: that is how the remote protocol says "done" here
     */
    Arrived finish(MigrationRequest request, Sent sent, Verdict verdict);

    /**
     * Whether the source asks this host before it lets the guest run on. A stock one does not: it does what whoever drives says, who takes
     * a FINISH without an answer for one that failed. So the guest must not start when he has given up.
     *
     * @param sent what the source said at the end of PERFORM
     * @return false for a stock source, or where nothing is known of it
     */
    default boolean sourceAsks(Sent sent) {
        return false;
    }

    /**
     * Throws a receiver away, because the one who drove is gone before FINISH. Does nothing where none
     * waits, or where the guest runs already.
     *
     * @param request what was to be moved
     */
    void abandon(MigrationRequest request);
}

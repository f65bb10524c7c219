package dev.godwit.driver;

import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;

/**
 * Sends a guest to a receiver that no daemon answers for: unmanaged direct migration. The hypervisor is told where to send it, and
 * does the rest alone: the transfer goes on when the client, its connection or this daemon is gone.
 *
 * <p>Nobody at the other end is asked anything. What is known in the end is what the hypervisor here knows.
 */
public interface UnmanagedMigration extends Facet {

    /**
     * Sends the guest, and follows the hypervisor for as long as this daemon runs. When the hypervisor says that all has arrived,
     * the original is ended; when it says that it failed, the guest runs on here. A daemon that comes back in the middle takes up
     * where this one left.
     *
     * @param request what to move; its URI is the hypervisor-specific one of the receiver
     * @param control takes progress, carries cancellation
     * @return the last figures; the guest is not here any more
     * @throws VirtException if it could not be sent or was cancelled; it runs here
     */
    JobStats send(MigrationRequest request, PerformControl control);
}

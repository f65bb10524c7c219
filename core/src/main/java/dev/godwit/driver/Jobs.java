package dev.godwit.driver;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobStats;

/** The long work a guest is in, above all its migration, and the knobs of a migration. */
public interface Jobs extends Facet {

    /** How far the running job has come; {@link JobStats#NONE} when there is none (procedures 163, 298). */
    JobStats stats(DomainRef guest);

    /**
     * The last job that ended (procedure 298 with COMPLETED).
     *
     * @param guest whose
     * @param keep  false forgets it with this answer
     * @return {@link JobStats#NONE} when there was none
     */
    JobStats completed(DomainRef guest, boolean keep);

    /** Cancels the running job and returns when the hypervisor has been told (procedure 164). */
    void abort(DomainRef guest);

    /** How long the guest may stand still at the end of a migration, in milliseconds (procedure 387). */
    long maxDowntimeMillis(DomainRef guest);

    /** Sets it, 1 or more (procedure 166). */
    void maxDowntimeMillis(DomainRef guest, long millis);

    /** How fast its memory may be sent, in MiB/s; 8796093022207 is without limit (procedure 242). */
    long maxSpeedMiB(DomainRef guest, boolean postCopy);

    /** Sets it (procedure 207). */
    void maxSpeedMiB(DomainRef guest, long mib, boolean postCopy);

    /** The size of the cache for compressed pages in bytes (procedure 299). */
    long compressionCacheBytes(DomainRef guest);

    /** Sets it (procedure 300). */
    void compressionCacheBytes(DomainRef guest, long bytes);
}

package dev.godwit.driver;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.MigrationId;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a host says and decides about migrations that nobody drives any more. Every answer comes from the host's journal, compared
 * with what the hypervisor says.
 */
public interface MigrationResolution extends Facet {

    /**
     * The destination is asked, and the question closes the door: a migration that was not handed over here before is barred, in the
     * journal, before this returns, and its receiver is ended. Waits for a FINISH that is under way.
     *
     * @param migration which; one that this host has never heard of is barred, too
     * @param guest     the guest, as it is called here
     * @return what counts from now on
     * @throws dev.godwit.domain.VirtException 38 if the answer could not be written down; nothing is decided then
     */
    Standing ask(MigrationId migration, DomainRef guest);

    /**
     * What this host knows of a guest's migrations. Changes nothing.
     *
     * @param guest by UUID; the guest need not exist here any more
     * @return the newest first, at most 16
     */
    List<Report> reports(UUID guest);

    /**
     * Asks the destination of a guest that is in doubt now, instead of when it is time again.
     *
     * @param guest a guest of this host
     * @return what the destination said and what came of it; {@link Standing.Answer#UNCLEAR} when it could not be asked
     * @throws dev.godwit.domain.VirtException 42 without such a guest, 55 when none of its migrations is in doubt
     */
    Standing askAgain(DomainRef guest);

    /**
     * Decides about a guest that is in doubt, as an administrator. Without {@code force} only what the destination's answer allows.
     *
     * @param guest   a guest of this host
     * @param verdict GO when it runs at the destination: its original here is destroyed; CANCEL when it does not: it runs here again
     * @param force   decide without asking, or against the answer: a second copy may run then
     * @throws dev.godwit.domain.VirtException 42 without such a guest, 55 when none of its migrations is in doubt, or when the evidence
     *         is against it or missing and {@code force} is not set
     */
    void decide(DomainRef guest, Verdict verdict, boolean force);

    /**
     * The journal's entries about a guest, as they stand there.
     *
     * @param guest which; empty for all guests
     * @return each entry in XDR, the oldest first
     */
    List<byte[]> journal(Optional<UUID> guest);

    /**
     * What a host knows of one migration.
     *
     * @param migration which
     * @param guest     the guest
     * @param name      what it is called here
     * @param source    whether this host is its source; its destination otherwise
     * @param peer      the other host, as far as known; may be empty
     * @param token     the hand-over's token
     * @param phase     the last phase that was entered here: {@code BEGIN} to {@code CONFIRM}
     * @param open      whether it goes on, or is in doubt
     * @param owner     whose the guest is by this host's journal: {@code source}, {@code destination}, {@code unknown}, {@code nobody}
     * @param says      in a sentence what that rests on, and what is done about it; why nobody could be asked, in doubt
     * @param state     the guest's state here now, as in libvirt's {@code domstate --reason}; empty where it is not here
     */
    record Report(
            MigrationId migration,
            UUID guest,
            String name,
            boolean source,
            String peer,
            long token,
            String phase,
            boolean open,
            String owner,
            String says,
            String state) {}
}

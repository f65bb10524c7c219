package dev.godwit.client;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.wire.remote.DomainArgs;
import dev.godwit.wire.remote.ResolutionProcedures;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What a host knows and decides about migrations that nobody drives any more.
 *
 * <p>Only our daemons have this. The others answer with {@code NO_SUPPORT} 3 of the domain {@code REMOTE} 13.
 */
public final class Resolution {

    /** Parts of one journal; about a million entries, a thousand times what a host keeps. */
    private static final int PARTS_LIMIT = 1024;

    private final Connection connection;

    Resolution(Connection connection) {
        this.connection = connection;
    }

    /**
     * Asks this host, as a destination, whose the guest is, and closes the door: one that was not handed over before is
     * barred for good.
     *
     * @param migration which
     * @param guest     the guest as it is called there
     * @param host      the host that is meant, by its UUID; where it is another one, it refuses and bars nothing
     * @return what it said; empty where the host has no such question, as a stock one
     * @throws VirtException if it could not say
     */
    public Optional<Standing> ask(MigrationId migration, DomainRef guest, Optional<UUID> host) {
        try {
            return Optional.of(standing(connection.call(ResolutionProcedures.ASK,
                    new ResolutionProcedures.AskArgs(migration.uuid(), WireNames.wire(guest), host))));
        } catch (VirtException e) {
            if (isUnknownTo(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Whether an answer means that the host knows none of this, and not that its hypervisor lacks it.
     *
     * @param answer what a call of this class threw
     */
    public static boolean isUnknownTo(VirtException answer) {
        return answer.is(ErrorCode.NO_SUPPORT) && answer.domainNumber() == ErrorDomain.REMOTE.number();
    }

    /**
     * What the host knows of a guest's migrations.
     *
     * @param guest by UUID; it need not exist there any more
     * @return the newest first, at most 16; those that this client may not read about are left out
     */
    public List<MigrationResolution.Report> reports(UUID guest) {
        return connection.call(ResolutionProcedures.REPORTS, new ResolutionProcedures.ReportsArgs(guest)).reports()
                .stream().map(Resolution::report).toList();
    }

    /**
     * Has the host, as a source, ask the destination of a guest in doubt now, and act on the answer.
     *
     * @param guest a guest of this host
     * @return what the destination said
     * @throws VirtException 42 without such a guest, 55 when none of its migrations is in doubt
     */
    public Standing askAgain(DomainRef guest) {
        return standing(connection.call(ResolutionProcedures.ASK_AGAIN, new DomainArgs(WireNames.wire(guest))));
    }

    /**
     * Decides about a guest in doubt, on its source.
     *
     * @param guest   a guest of this host
     * @param verdict GO when it runs at the destination, CANCEL when it does not
     * @param force   also against the evidence, or without any: a second copy may run then
     * @throws VirtException 42 without such a guest; 55 when none of its migrations is in doubt, or the evidence is against it
     */
    public void decide(DomainRef guest, Verdict verdict, boolean force) {
        connection.call(ResolutionProcedures.DECIDE, new ResolutionProcedures.DecideArgs(WireNames.wire(guest),
                switch (verdict) {
                    case GO -> ResolutionProcedures.Decision.DESTINATION;
                    case CANCEL -> ResolutionProcedures.Decision.SOURCE;
                }, force));
    }

    /**
     * The host's journal.
     *
     * @param guest which; empty for all
     * @return its entries, the oldest first; those about guests that this client may not read about are left out
     * @throws VirtException 55 when the journal was shortened while it was read, and reading it again may succeed; 39 when a later
     *         release has written it
     */
    public List<MigrationEntry> journal(Optional<UUID> guest) {
        List<MigrationEntry> entries = new ArrayList<>();
        Opaque from = Opaque.empty();
        for (int parts = 0; parts < PARTS_LIMIT; parts++) {
            ResolutionProcedures.JournalRet part = connection.call(ResolutionProcedures.JOURNAL,
                    new ResolutionProcedures.JournalArgs(guest, from));
            part.entries().stream().map(this::entry).forEach(entries::add);
            from = part.next();
            if (from.isEmpty()) {
                return entries;
            }
        }
        throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.REMOTE,
                "the journal of " + connection.peer() + " has no end").at(connection.peer());
    }

    private MigrationEntry entry(Opaque bytes) {
        try {
            return XdrCodec.of(MigrationEntry.class).decodeAll(bytes.asByteBuffer());
        } catch (XdrException e) {
            throw new VirtException(ErrorCode.RPC, ErrorDomain.REMOTE, "the journal of " + connection.peer()
                    + " has an entry that this release does not understand: " + e.getMessage(), e).at(connection.peer());
        }
    }

    private static Standing standing(ResolutionProcedures.StandingRet ret) {
        return new Standing(switch (ret.answer()) {
            case ARRIVED -> Standing.Answer.ARRIVED;
            case BARRED -> Standing.Answer.BARRED;
            case UNCLEAR -> Standing.Answer.UNCLEAR;
        }, ret.token(), ret.evidence());
    }

    private static MigrationResolution.Report report(ResolutionProcedures.Report wire) {
        return new MigrationResolution.Report(new MigrationId(wire.migration()), wire.guest(), wire.name(), wire.source(),
                wire.peer(), wire.token(), wire.phase(), wire.open(), wire.owner(), wire.says(), wire.state());
    }
}

package dev.godwit.daemon.handlers;

import static dev.godwit.daemon.rpc.WireForms.ref;
import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.wire.remote.ResolutionProcedures;
import java.util.UUID;
import java.util.function.Supplier;

/** What became of migrations that nobody drives any more: our own program, for daemons that ask and for administrators. */
final class ResolutionHandlers {

    private final UUID host;
    private final Supplier<String> hostName;

    /**
     * Handlers of a daemon.
     *
     * @param host     who its host is
     * @param hostName what its host is called
     */
    ResolutionHandlers(UUID host, Supplier<String> hostName) {
        this.host = host;
        this.hostName = hostName;
    }

    void addTo(Handlers handlers) {
        handlers.on(ResolutionProcedures.ASK, (session, args) -> {
            args.host().ifPresent(meant -> mustBeThisHost(session, meant));
            return wire(resolution(session).ask(new MigrationId(args.migration()), ref(args.dom())));
        });
        handlers.on(ResolutionProcedures.REPORTS, (session, args) -> new ResolutionProcedures.ReportsRet(
                resolution(session).reports(args.guest()).stream()
                        .filter(report -> session.mayRead(
                                new DomainRef(report.name(), report.guest(), DomainRef.INACTIVE)))
                        .limit(ResolutionProcedures.REPORTS_LIMIT)
                        .map(ResolutionHandlers::wire).toList()));
        handlers.on(ResolutionProcedures.ASK_AGAIN,
                (session, args) -> wire(resolution(session).askAgain(ref(args.dom()))));
        handlers.on(ResolutionProcedures.DECIDE, (session, args) -> {
            resolution(session).decide(ref(args.dom()), switch (args.decision()) {
                case DESTINATION -> Verdict.GO;
                case SOURCE -> Verdict.CANCEL;
            }, args.force());
            return NOTHING;
        });
        handlers.on(ResolutionProcedures.JOURNAL, (session, args) -> JournalParts.of(
                resolution(session).journal(args.guest()), session::mayRead).after(args.from()));
    }

    private static MigrationResolution resolution(Session session) {
        return session.facet(MigrationResolution.class);
    }

    /** A host that has never heard of a migration bars it. For one that was not meant, that would be a lie about another. */
    private void mustBeThisHost(Session session, UUID meant) {
        if (!meant.equals(host)) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, session.hypervisor().errors(), "host " + meant
                    + " is meant, and this is " + hostName.get() + ", which is " + host);
        }
    }

    private static ResolutionProcedures.StandingRet wire(Standing standing) {
        return new ResolutionProcedures.StandingRet(switch (standing.answer()) {
            case ARRIVED -> ResolutionProcedures.Answer.ARRIVED;
            case BARRED -> ResolutionProcedures.Answer.BARRED;
            case UNCLEAR -> ResolutionProcedures.Answer.UNCLEAR;
        }, standing.token(), standing.evidence());
    }

    private static ResolutionProcedures.Report wire(MigrationResolution.Report report) {
        return new ResolutionProcedures.Report(report.migration().uuid(), report.guest(), report.name(), report.source(),
                report.peer(), report.token(), report.phase(), report.open(), report.owner(), report.says(),
                report.state());
    }
}

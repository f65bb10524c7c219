package dev.godwit.daemon.handlers;

import static dev.godwit.daemon.rpc.WireForms.cookie;
import static dev.godwit.daemon.rpc.WireForms.ref;
import static dev.godwit.daemon.rpc.WireForms.wire;
import static dev.godwit.wire.remote.Nothing.NOTHING;

import dev.godwit.daemon.peer.PeerMigrations;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Session;
import dev.godwit.daemon.rpc.StreamOpening;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.UnmanagedMigration;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.wire.remote.MigrationProcedures;
import dev.godwit.wire.remote.OlderMigrationProcedures;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.wire.xdr.Opaque;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The five phases of a migration that a client drives: each call is one step of one side. Where this daemon is asked to
 * drive, PERFORM is all five, see {@link PeerMigrations}.
 *
 * <p>The order of the steps is the client's affair ({@link dev.godwit.migration.MigrationProtocol}); what happens when it
 * goes away between two of them is {@link ServedMigrations}'.
 */
final class MigrationHandlers {

    private static final System.Logger LOG = System.getLogger(MigrationHandlers.class.getName());
    /** An answer takes as long as the network; who takes longer is told that his guest was not started. */
    private static final Duration DRIVER_PATIENCE = Duration.ofSeconds(10);

    private final ServedMigrations served = new ServedMigrations();
    private final PeerMigrations peers;

    /**
     * Handlers of a daemon.
     *
     * @param peers the migrations it drives itself
     */
    MigrationHandlers(PeerMigrations peers) {
        this.peers = peers;
    }

    void addTo(Handlers handlers) {
        withParameters(handlers);
        older(handlers);
    }

    /** Procedures 302 to 307. */
    private void withParameters(Handlers handlers) {
        handlers.on(MigrationProcedures.BEGIN, (session, args) -> {
            Offer offer = begin(session, MigrationRequests.request(
                    session, MigrationProcedures.BEGIN, ref(args.dom()), args.params(), args.flags()));
            return new MigrationProcedures.BeginRet(wire(offer.cookie()), offer.xml());
        });
        handlers.on(MigrationProcedures.PREPARE, (session, args) -> {
            // Read twice: the guest's name is in the definition, which is one of the parameters.
            MigrationRequest unnamed = MigrationRequests.request(session, MigrationProcedures.PREPARE,
                    MigrationRequests.arriving(""), args.params(), args.flags());
            Receiver receiver = prepare(session, MigrationRequests.request(session, MigrationProcedures.PREPARE,
                    MigrationRequests.guestOf(session, unnamed.destinationXml()), args.params(), args.flags()),
                    args.cookieIn());
            return new MigrationProcedures.PrepareRet(wire(receiver.cookie()), receiver.uri());
        });
        handlers.onStream(MigrationProcedures.PREPARE_TUNNEL, (session, args, stream) -> {
            MigrationRequest unnamed = MigrationRequests.request(session, MigrationProcedures.PREPARE_TUNNEL,
                    MigrationRequests.arriving(""), args.params(), args.flags());
            Receiver receiver = prepareTunnel(session, MigrationRequests.request(session,
                    MigrationProcedures.PREPARE_TUNNEL,
                    MigrationRequests.guestOf(session, unnamed.destinationXml()), args.params(), args.flags()),
                    args.cookieIn(), stream);
            return new MigrationProcedures.PrepareTunnelRet(wire(receiver.cookie()));
        });
        handlers.on(MigrationProcedures.PERFORM, (session, args) -> {
            Sent sent = perform(session, MigrationRequests.request(session, MigrationProcedures.PERFORM,
                    ref(args.dom()), args.params(), args.flags()), args.cookieIn(), args.dconnuri());
            return new MigrationProcedures.PerformRet(wire(sent.cookie()));
        });
        handlers.on(MigrationProcedures.FINISH, (session, args) -> {
            Arrived arrived = finish(session, MigrationRequests.request(session, MigrationProcedures.FINISH,
                    MigrationRequests.arriving(nameIn(args.params())), args.params(), args.flags()),
                    args.cookieIn(), args.cancelled());
            return new MigrationProcedures.FinishRet(wire(arrived.guest()), wire(arrived.cookie()));
        });
        handlers.on(MigrationProcedures.CONFIRM, (session, args) -> {
            confirm(session, MigrationRequests.request(session, MigrationProcedures.CONFIRM, ref(args.dom()),
                    args.params(), args.flags()), args.cookieIn(), args.cancelled());
            return NOTHING;
        });
    }

    /** Procedures 213 to 218. */
    private void older(Handlers handlers) {
        handlers.on(OlderMigrationProcedures.BEGIN3, (session, args) -> {
            Offer offer = begin(session, MigrationRequests.older(session, OlderMigrationProcedures.BEGIN3,
                    ref(args.dom()), args.flags(), args.dname(), args.xmlin(), Optional.empty(), args.resource()));
            return new OlderMigrationProcedures.Begin3Ret(wire(offer.cookie()), offer.xml());
        });
        handlers.on(OlderMigrationProcedures.PREPARE3, (session, args) -> {
            Optional<String> xml = Optional.of(args.domXml());
            Receiver receiver = prepare(session, MigrationRequests.older(session, OlderMigrationProcedures.PREPARE3,
                    MigrationRequests.guestOf(session, xml), args.flags(), args.dname(), xml, args.uriIn(),
                    args.resource()), args.cookieIn());
            return new OlderMigrationProcedures.Prepare3Ret(wire(receiver.cookie()), receiver.uri());
        });
        handlers.onStream(OlderMigrationProcedures.PREPARE_TUNNEL3, (session, args, stream) -> {
            Optional<String> xml = Optional.of(args.domXml());
            Receiver receiver = prepareTunnel(session, MigrationRequests.older(session,
                    OlderMigrationProcedures.PREPARE_TUNNEL3, MigrationRequests.guestOf(session, xml), args.flags(),
                    args.dname(), xml, Optional.empty(), args.resource()), args.cookieIn(), stream);
            return new OlderMigrationProcedures.PrepareTunnel3Ret(wire(receiver.cookie()));
        });
        handlers.on(OlderMigrationProcedures.PERFORM3, (session, args) -> {
            Sent sent = perform(session, MigrationRequests.older(session, OlderMigrationProcedures.PERFORM3,
                    ref(args.dom()), args.flags(), args.dname(), args.xmlin(), args.uri(), args.resource()),
                    args.cookieIn(), args.dconnuri());
            return new OlderMigrationProcedures.Perform3Ret(wire(sent.cookie()));
        });
        handlers.on(OlderMigrationProcedures.FINISH3, (session, args) -> {
            Arrived arrived = finish(session, MigrationRequests.older(session, OlderMigrationProcedures.FINISH3,
                    MigrationRequests.arriving(args.dname()), args.flags(), Optional.of(args.dname()),
                    Optional.empty(), args.uri(), 0), args.cookieIn(), args.cancelled());
            return new OlderMigrationProcedures.Finish3Ret(wire(arrived.guest()), wire(arrived.cookie()));
        });
        handlers.on(OlderMigrationProcedures.CONFIRM3, (session, args) -> {
            confirm(session, MigrationRequests.older(session, OlderMigrationProcedures.CONFIRM3, ref(args.dom()),
                    args.flags(), Optional.empty(), Optional.empty(), Optional.empty(), 0),
                    args.cookieIn(), args.cancelled());
            return NOTHING;
        });
    }

    private Offer begin(Session session, MigrationRequest request) {
        MigrationSource source = session.facet(MigrationSource.class);
        Offer offer = source.begin(request);
        served.sourceAwaits(session, source, Phase.BEGIN, request);
        return offer;
    }

    private Receiver prepare(Session session, MigrationRequest request, Opaque cookieIn) {
        if (request.has(MigrationFlag.TUNNELLED)) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, session.hypervisor().errors(),
                    "Tunnelled migration requested but invalid RPC method called");
        }
        return receiver(session, request, cookieIn);
    }

    /** The receiver is fed by the stream of this very call. */
    private Receiver prepareTunnel(
            Session session, MigrationRequest request, Opaque cookieIn, StreamOpening stream) {
        if (!request.has(MigrationFlag.TUNNELLED)) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, session.hypervisor().errors(),
                    "PrepareTunnel called but no TUNNELLED flag set");
        }
        Receiver receiver = receiver(session, request, cookieIn);
        stream.accept(receiver.tunnel().orElseThrow());
        return receiver;
    }

    private Receiver receiver(Session session, MigrationRequest request, Opaque cookieIn) {
        MigrationDestination destination = session.facet(MigrationDestination.class);
        Offer offer = new Offer(request.destinationXml().orElseThrow(), cookie(cookieIn));
        Receiver receiver = destination.prepare(MigrationRequests.reached(session, request), offer);
        served.destinationAwaits(session, destination, request);
        return receiver;
    }

    private Sent perform(Session session, MigrationRequest request, Opaque cookieIn, Optional<String> peer) {
        MigrationSource source = session.facet(MigrationSource.class);
        if (request.has(MigrationFlag.PEER2PEER) || request.has(MigrationFlag.TUNNELLED)) {
            if (!cookieIn.isEmpty()) {
                throw new VirtException(ErrorCode.OPERATION_INVALID, session.hypervisor().errors(),
                        "received unexpected cookie with P2P migration");
            }
            peers.migrate(session.hypervisor(), source, request, peer);
            return Sent.NOTHING;
        }
        if (peer.isPresent()) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, session.hypervisor().errors(),
                    "Unexpected dconnuri parameter with non-peer2peer migration");
        }
        Optional<UnmanagedMigration> alone = UnmanagedCalls.meant(session, request, cookieIn);
        if (alone.isPresent()) {
            alone.get().send(request, PerformControl.NONE); // The client may go; the guest goes on.
            return Sent.NOTHING;
        }
        served.sourceContinues(session.hypervisor(), request);
        boolean sent = false;
        try {
            Sent all = source.perform(request, new Receiver(Optional.empty(), cookie(cookieIn)), goneMeansCancel(session));
            sent = true;
            return all;
        } finally {
            // A refused call has not ended the migration that an earlier one began.
            served.sourceAwaits(session, source, sent ? Phase.PERFORM : Phase.BEGIN, request);
        }
    }

    /** A stock daemon sends on for a client that is gone; here the guest runs on at the source at once. */
    private static PerformControl goneMeansCancel(Session session) {
        return new PerformControl() {
            @Override
            public void progress(JobStats stats) {
                // Clients ask for it themselves, with procedures 163 and 298.
            }

            @Override
            public boolean cancelled() {
                return session.isEnded();
            }
        };
    }

    private Arrived finish(Session session, MigrationRequest request, Opaque cookieIn, int cancelled) {
        MigrationDestination destination = session.facet(MigrationDestination.class);
        served.destinationContinues(session.hypervisor(), request);
        Sent sent = new Sent(cookie(cookieIn));
        Arrived arrived;
        try {
            if (verdict(cancelled) == Verdict.GO && !destination.sourceAsks(sent)) {
                requireDriver(session, destination, request);
            }
            arrived = destination.finish(request, sent, verdict(cancelled));
        } catch (VirtException e) {
            served.destinationAwaits(session, destination, request); // a refused call has not ended anything
            throw e;
        }
        if (cancelled != 0) {
            // A guest in this answer would make the client believe that the migration succeeded.
            throw new VirtException(ErrorCode.INTERNAL_ERROR, session.hypervisor().errors(),
                    "the destination kept guest '" + request.nameAtDestination() + "' although it was cancelled");
        }
        return arrived;
    }

    /**
     * Whoever drives takes a FINISH that he gets no answer to for one that failed, and tells a stock source to let the guest run on. One that
     * lay in the socket while this daemon stood still, or in a network that was away, must not start a second copy.
     */
    private static void requireDriver(Session session, MigrationDestination destination, MigrationRequest request) {
        if (session.peer().isThere(DRIVER_PATIENCE)) {
            return;
        }
        String why = "guest '" + request.nameAtDestination() + "' is not started on the destination: whoever drives its migration does not"
                + " answer any more, and may have told the source to let it run on";
        LOG.log(System.Logger.Level.WARNING, "migration: " + why);
        destination.abandon(request);
        throw new VirtException(ErrorCode.OPERATION_FAILED, session.hypervisor().errors(), why);
    }

    private void confirm(Session session, MigrationRequest request, Opaque cookieIn, int cancelled) {
        MigrationSource source = session.facet(MigrationSource.class);
        served.sourceContinues(session.hypervisor(), request);
        Cookie cookie = cookie(cookieIn);
        try {
            source.confirm(request, cookie, verdict(cancelled));
        } catch (VirtException e) {
            served.sourceAwaits(session, source, Phase.BEGIN, request); // a refused call has not ended anything
            throw e;
        }
    }

    private static Verdict verdict(int cancelled) {
        return cancelled == 0 ? Verdict.GO : Verdict.CANCEL;
    }

    /** The name at the destination, which clients add before FINISH. */
    private static String nameIn(List<TypedParam> params) {
        return params.stream()
                .filter(p -> p.field().equals(dev.godwit.wire.remote.MigrationParams.DEST_NAME))
                .map(TypedParam::value)
                .filter(dev.godwit.wire.remote.ParamValue.Text.class::isInstance)
                .map(value -> ((dev.godwit.wire.remote.ParamValue.Text) value).value())
                .findFirst()
                .orElseThrow(() -> new VirtException(ErrorCode.NO_DOMAIN, ErrorDomain.NONE, "missing domain name"));
    }
}

package dev.godwit.daemon.rpc;

import dev.godwit.daemon.access.AccessPolicy;
import dev.godwit.daemon.access.Audit;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.sasl.SecurityLayer;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Answers calls: finds the handler, checks what every call needs, and sends a reply or an error, one of them always.
 *
 * <p>What it answers to odd calls is what stock daemons answer.
 */
public final class Dispatcher {

    private static final System.Logger LOG = System.getLogger(Dispatcher.class.getName());

    private final Handlers handlers;
    private final Set<Integer> programs;
    private final AccessCheck access;

    /**
     * A dispatcher for whoever is let in.
     *
     * @param handlers complete; not changed any more
     */
    public Dispatcher(Handlers handlers) {
        this(handlers, () -> AccessPolicy.EVERYTHING, new Audit());
    }

    /**
     * A dispatcher.
     *
     * @param handlers complete; not changed any more
     * @param policy   who may do what, as it is now
     * @param audit    where it is written down
     */
    public Dispatcher(Handlers handlers, Supplier<AccessPolicy> policy, Audit audit) {
        this.access = new AccessCheck(policy, audit);
        this.handlers = handlers;
        this.programs = handlers.programs();
    }

    /**
     * Whether a call never waits for a guest, so that it may overtake calls that do. An unknown one is refused and
     * does not wait either.
     */
    public boolean isPriority(Header call) {
        return find(call).map(entry -> entry.procedure().isPriority()).orElse(true);
    }

    /**
     * Answers a call. Returns when the answer is on its way or the client is gone; never throws.
     *
     * @param session whose call
     * @param call    of type CALL
     */
    public void answer(Session session, Frame call) {
        session.seesBy(access);
        Opening opening = new Opening();
        Frame reply;
        try {
            reply = reply(session, call, opening);
        } catch (Refusal refusal) {
            reply = error(call.header(), refusal.error);
        } catch (Throwable failure) { // NOPMD: also Errors; a client that waits for its reply must get one
            reply = error(call.header(), ErrorReplies.of(name(call.header()), failure));
        }
        if (reply.header().messageStatus() != MessageStatus.OK) {
            opening.discard();
        }
        // The stream is there before the client can know it, and speaks only after the reply.
        Optional<OpenStream> stream = opening.open(session.streams(), call.header());
        try {
            Optional<SecurityLayer> layer = session.login().layerToBegin();
            if (layer.isPresent() && reply.header().messageStatus() == MessageStatus.OK) {
                session.peer().sendAndProtect(reply, layer.get());
            } else {
                session.peer().send(reply);
            }
            stream.ifPresent(OpenStream::start);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "A client left before the answer to " + name(call.header()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private Frame reply(Session session, Frame call, Opening opening) throws Refusal {
        Header header = call.header();
        if (session.refusal().isPresent()) {
            session.peer().closeAfterSending();
            throw new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.RPC, session.refusal().get());
        }
        if (!programs.contains(header.program()) || header.version() != Program.VERSION) {
            throw new Refusal(ErrorReplies.protocol("Cannot find program " + Integer.toUnsignedString(header.program())
                    + " version " + Integer.toUnsignedString(header.version())));
        }
        if (header.messageStatus() != MessageStatus.OK) {
            throw new Refusal(ErrorReplies.protocol(
                    "Unexpected message status " + Integer.toUnsignedString(header.status())));
        }
        // Clients understand this text: it makes them do without the procedure.
        Handlers.Entry<?, ?> entry = find(header).orElseThrow(() -> new Refusal(
                ErrorReplies.protocol("unknown procedure: " + header.procedure())));
        if (entry.needs() != Handlers.Needs.NOTHING && !session.login().isComplete()) {
            throw new Refusal(ErrorReplies.protocol("authentication required"));
        }
        return reply(session, call, entry, opening);
    }

    private <A, R> Frame reply(Session session, Frame call, Handlers.Entry<A, R> entry, Opening opening)
            throws Refusal {
        A args;
        try {
            args = entry.procedure().args().decode(call.payload());
        } catch (XdrException e) {
            LOG.log(System.Logger.Level.DEBUG, () -> "Arguments of " + entry.procedure() + ": " + e.getMessage());
            throw new Refusal(ErrorReplies.protocol("Unable to decode message payload"));
        }
        if (entry.needs() == Handlers.Needs.OPEN_CONNECTION) {
            session.hypervisor(); // throws while there is none
        }
        R result = access.guarded(session, entry.procedure(), args, () -> entry.call(session, args, opening));
        try {
            return Frame.of(call.header().reply(MessageStatus.OK), entry.procedure().ret(), result);
        } catch (XdrException e) {
            throw new VirtException(ErrorCode.RPC, ErrorDomain.RPC,
                    "The answer to " + entry.procedure().apiName() + " is too large: " + e.getMessage(), e);
        }
    }

    private Optional<Handlers.Entry<?, ?>> find(Header call) {
        return handlers.find(call.program(), call.procedure());
    }

    private String name(Header call) {
        return find(call).map(entry -> entry.procedure().toString()).orElseGet(call::toString);
    }

    private static Frame error(Header call, RemoteError error) {
        return Frame.of(call.reply(MessageStatus.ERROR), XdrCodec.of(RemoteError.class), error);
    }

    /** A call that does not get as far as a handler. */
    private static final class Refusal extends Exception {

        private final transient RemoteError error;

        Refusal(RemoteError error) {
            super(error.text(), null, false, false);
            this.error = error;
        }
    }

    /** Keeps what a handler gives for its stream until its reply is known. */
    private static final class Opening implements StreamOpening {

        private Optional<ByteChannel> device = Optional.empty();
        private Optional<Tunnel> tunnel = Optional.empty();

        @Override
        public void accept(ByteChannel given) {
            requireNothing();
            device = Optional.of(given);
        }

        @Override
        public void accept(Tunnel given) {
            requireNothing();
            tunnel = Optional.of(given);
        }

        private void requireNothing() {
            if (device.isPresent() || tunnel.isPresent()) {
                throw new IllegalStateException("a call has one stream");
            }
        }

        Optional<OpenStream> open(Streams streams, Header call) {
            return device.map(given -> streams.open(call, given))
                    .or(() -> tunnel.map(given -> streams.open(call, given)));
        }

        void discard() {
            device.ifPresent(given -> {
                try {
                    given.close();
                } catch (IOException e) {
                    LOG.log(System.Logger.Level.DEBUG, "The device of a stream could not be closed", e);
                }
            });
            tunnel.ifPresent(Tunnel::close);
            device = Optional.empty();
            tunnel = Optional.empty();
        }
    }
}

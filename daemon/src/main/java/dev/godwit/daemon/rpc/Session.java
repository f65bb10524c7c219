package dev.godwit.daemon.rpc;

import dev.godwit.daemon.access.AccessPolicy;
import dev.godwit.daemon.access.Audit;
import dev.godwit.daemon.access.AuthMethod;
import dev.godwit.daemon.access.Identity;
import dev.godwit.daemon.access.Login;
import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.daemon.hypervisor.Hypervisors;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.Facet;
import dev.godwit.driver.WireFlag;
import dev.godwit.wire.remote.Permission;
import dev.godwit.wire.remote.Procedure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One client's conversation: what it opened, what it may do, and what ends with it. */
public final class Session implements Client {

    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private final Peer peer;
    private final Optional<String> refusal;
    private final Streams streams;
    private final Object lock = new Object();
    private final Set<Runnable> onClose = new LinkedHashSet<>();
    private boolean ended;
    private volatile Hypervisors.Choice open;
    private volatile boolean readOnly;
    private final Login login;
    private volatile AccessCheck access = new AccessCheck(() -> AccessPolicy.EVERYTHING, new Audit());

    /**
     * A conversation that begins.
     *
     * @param peer    the other end
     * @param refusal why the client is not let in
     * @param client  who it is, as far as the way it came proves it
     * @param method  how it has to log in
     * @param known   told once when it is known who the client is
     * @param ports   its threads and its time
     */
    public Session(Peer peer, Optional<String> refusal, Identity client, AuthMethod method, Runnable known, Ports ports) {
        this.peer = peer;
        this.refusal = refusal;
        this.login = new Login(client, method, known);
        this.streams = new Streams(peer, ports);
        this.readOnly = peer.cameReadOnly();
    }

    /** The client. */
    public Peer peer() {
        return peer;
    }

    /** Who the client is, and whether it has proved it. */
    public Login login() {
        return login;
    }

    void seesBy(AccessCheck check) {
        access = check;
    }

    /**
     * Whether the client may know that a guest exists. Lists leave out those that it may not.
     *
     * @param guest as this host knows it, or as the client has it
     */
    public boolean maySee(DomainRef guest) {
        return may(Permission.DOMAIN_GETATTR, guest);
    }

    /** Whether the client may read about a guest. Figures leave out those that it may not. */
    public boolean mayRead(DomainRef guest) {
        return may(Permission.DOMAIN_READ, guest);
    }

    private boolean may(Permission permission, DomainRef guest) {
        return access.policy() == AccessPolicy.EVERYTHING
                || access.may(login.client(), permission, CallTarget.real(this, guest));
    }

    /**
     * Whether the client may know about an event.
     *
     * @param guest whose, which may not exist any more
     */
    public boolean mayHearOf(DomainRef guest) {
        return access.may(login.client(), Permission.DOMAIN_GETATTR, guest);
    }

    /** Why the client is not let in; empty when it is. */
    Optional<String> refusal() {
        return refusal;
    }

    /** Whether the conversation is over. */
    public boolean isEnded() {
        synchronized (lock) {
            return ended;
        }
    }

    /** The streams that its calls have opened. */
    public Streams streams() {
        return streams;
    }

    /**
     * Opens the conversation's hypervisor.
     *
     * @param choice       which
     * @param wantReadOnly whether the client gives up the right to change something
     * @throws VirtException if it is open already
     */
    public void open(Hypervisors.Choice choice, boolean wantReadOnly) {
        synchronized (lock) {
            if (open != null) {
                throw VirtException.raw(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC,
                        ErrorCode.INTERNAL_ERROR.message("connection already open"));
            }
            readOnly |= wantReadOnly;
            open = choice;
        }
    }

    /** Whether CONNECT_OPEN has succeeded. */
    public boolean isOpen() {
        return open != null;
    }

    /** Whether nothing may be changed. */
    public boolean isReadOnly() {
        return readOnly;
    }

    /** The URI that was opened. */
    public String uri() {
        return choice().uri();
    }

    /** The hypervisor that was opened. */
    public Hypervisor hypervisor() {
        return choice().hypervisor();
    }

    /**
     * Something the hypervisor can do.
     *
     * @param type the facet
     * @return the facet
     * @throws VirtException 3 where the hypervisor cannot do it
     */
    public <F extends Facet> F facet(Class<F> type) {
        return hypervisor().session().facet(type).orElseThrow(() -> new VirtException(ErrorCode.NO_SUPPORT,
                hypervisor().errors(), hypervisor().scheme() + " guests have no " + type.getSimpleName()));
    }

    /**
     * Reads a flags argument.
     *
     * @param procedure whose
     * @param type      the flags it knows
     * @param mask      as received
     * @return the flags
     * @throws VirtException 8 for bits it does not know
     */
    public <F extends Enum<F> & WireFlag> Set<F> flags(Procedure<?, ?> procedure, Class<F> type, int mask) {
        int unknown = WireFlag.unknown(type, mask);
        if (unknown != 0) {
            throw unsupportedFlags(procedure, unknown);
        }
        return WireFlag.of(type, mask);
    }

    /**
     * Checks a flags argument.
     *
     * @param procedure whose
     * @param mask      as received
     * @param known     the bits it may have; 0 for none
     * @return the mask
     * @throws VirtException 8 for other bits
     */
    public int checkFlags(Procedure<?, ?> procedure, int mask, int known) {
        if ((mask & ~known) != 0) {
            throw unsupportedFlags(procedure, mask & ~known);
        }
        return mask;
    }

    /** Stock drivers name their own function: the API's name with the driver's for {@code vir}. */
    private VirtException unsupportedFlags(Procedure<?, ?> procedure, int unknown) {
        return VirtException.raw(ErrorCode.INVALID_ARG, hypervisor().errors(), "unsupported flags (0x"
                + Integer.toHexString(unknown) + ") in function " + hypervisor().scheme()
                + procedure.apiName().substring("vir".length()));
    }

    @Override
    public Registration onClose(Runnable action) {
        Runnable once = new Runnable() { // an identity of its own, even for an action that is registered twice
            @Override
            public void run() {
                action.run();
            }
        };
        synchronized (lock) {
            if (!ended) {
                onClose.add(once);
                return () -> {
                    synchronized (lock) {
                        onClose.remove(once);
                    }
                };
            }
        }
        once.run();
        return () -> {};
    }

    /** The conversation is over: ends its streams, and runs once what was registered for this moment. */
    public void end() {
        List<Runnable> actions;
        synchronized (lock) {
            ended = true;
            actions = new ArrayList<>(onClose);
            onClose.clear();
        }
        streams.close();
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd at the end of a connection", e);
            }
        }
    }

    private Hypervisors.Choice choice() {
        Hypervisors.Choice choice = open;
        if (choice == null) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.RPC, "hypervisor connection not open");
        }
        return choice;
    }
}

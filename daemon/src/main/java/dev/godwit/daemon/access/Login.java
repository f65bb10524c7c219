package dev.godwit.daemon.access;

import dev.godwit.wire.sasl.SecurityLayer;
import java.util.Optional;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/**
 * How far one client has come with proving who it is.
 *
 * <p>A client that has failed may try again, {@value #TRIES} times in all.
 */
public final class Login {

    /** So often a client may try. */
    static final int TRIES = 3;

    private static final System.Logger LOG = System.getLogger(Login.class.getName());

    private final AuthMethod method;
    private final Runnable known;
    private volatile Identity client;
    private volatile boolean complete;
    private Optional<SaslServer> conversation = Optional.empty();
    private Optional<SecurityLayer> layer = Optional.empty();
    private boolean offered;
    private int failures;

    /**
     * A client that has just come.
     *
     * @param client who it is, as far as the way it came proves it
     * @param method how it has to log in
     * @param known  told once when it is known who the client is
     */
    public Login(Identity client, AuthMethod method, Runnable known) {
        this.client = client;
        this.method = method;
        this.known = known;
        if (method == AuthMethod.NONE) {
            complete = true;
            known.run();
        }
    }

    /** How the client has to log in. */
    public AuthMethod method() {
        return method;
    }

    /** Whether it has proved who it is, or need not. */
    public boolean isComplete() {
        return complete;
    }

    /** Who it is. */
    public Identity client() {
        return client;
    }

    /** What has come of one step. */
    public sealed interface Step {

        /**
         * More is needed.
         *
         * @param challenge for the client
         */
        record Challenge(byte[] challenge) implements Step {}

        /**
         * The client is in.
         *
         * @param last what the mechanism has to say still
         */
        record In(Optional<byte[]> last) implements Step {}

        /**
         * The client is not let in.
         *
         * @param forGood whether it has tried often enough
         */
        record Refused(boolean forGood) implements Step {}
    }

    /**
     * Says which mechanisms there are. Once, until one has failed.
     *
     * @param service what there is
     * @return the mechanisms; empty where the client has asked already or need not log in, or none will do
     */
    public synchronized Optional<String> offer(SaslService service) {
        if (complete || method != AuthMethod.SASL || offered || conversation.isPresent()) {
            return Optional.empty();
        }
        String list = String.join(",", service.offered(client.isProtected()));
        offered = !list.isEmpty();
        if (list.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, () -> "Client " + client + " cannot log in: no mechanism of"
                    + " sasl_mechanisms encrypts, as one must over TCP without TLS; GSSAPI does, with sasl_keytab");
        }
        return Optional.of(list).filter(text -> !text.isEmpty());
    }

    /**
     * Begins a mechanism.
     *
     * @param service   what there is
     * @param mechanism which
     * @param data      what the client says first; empty where the mechanism has it wait
     */
    public synchronized Step start(SaslService service, String mechanism, Optional<byte[]> data) {
        if (!offered || conversation.isPresent()) {
            return refused("has begun to log in out of turn");
        }
        try {
            conversation = Optional.of(service.begin(mechanism, client.isProtected()));
            return step(service, conversation.get(), data);
        } catch (SaslException e) {
            return refused("cannot log in: " + reason(e));
        }
    }

    /**
     * Goes on with a mechanism.
     *
     * @param service what there is
     * @param data    what the client says
     */
    public synchronized Step next(SaslService service, Optional<byte[]> data) {
        if (conversation.isEmpty()) {
            return refused("has gone on to log in without a beginning");
        }
        try {
            return step(service, conversation.get(), data);
        } catch (SaslException e) {
            return refused("cannot log in: " + reason(e));
        }
    }

    private Step step(SaslService service, SaslServer server, Optional<byte[]> data) throws SaslException {
        byte[] out = server.evaluateResponse(data.orElseGet(() -> new byte[0]));
        if (!server.isComplete()) {
            return new Step.Challenge(out == null ? new byte[0] : out);
        }
        Optional<SecurityLayer> negotiated = client.isProtected() ? Optional.empty() : SecurityLayer.of(server);
        if (!client.isProtected() && negotiated.filter(SecurityLayer::isConfidential).isEmpty()) {
            throw new SaslException("the mechanism does not encrypt, as it must over TCP without TLS");
        }
        String user = server.getAuthorizationID();
        if (!service.allows(user)) {
            throw new SaslException("the name " + Identity.quoted(user) + " is not in sasl_allowed_username_list");
        }
        layer = negotiated;
        client = client.loggedInAs(user);
        conversation = Optional.empty();
        complete = true;
        known.run();
        LOG.log(System.Logger.Level.INFO, () -> "Client " + client + " has logged in with "
                + server.getMechanismName());
        return new Step.In(Optional.ofNullable(out));
    }

    private Step refused(String why) {
        failures++;
        LOG.log(System.Logger.Level.WARNING, "Client " + client + " " + why);
        conversation.ifPresent(server -> {
            try {
                server.dispose();
            } catch (SaslException e) {
                LOG.log(System.Logger.Level.DEBUG, e.getMessage(), e);
            }
        });
        conversation = Optional.empty();
        offered = false;
        return new Step.Refused(failures >= TRIES);
    }

    private static String reason(SaslException e) {
        Throwable cause = e.getCause();
        return cause == null || cause.getMessage() == null ? String.valueOf(e.getMessage())
                : e.getMessage() + " (" + cause.getMessage() + ")";
    }

    /** The layer that begins after the reply that is about to be sent. Given once. */
    public synchronized Optional<SecurityLayer> layerToBegin() {
        Optional<SecurityLayer> now = layer;
        layer = Optional.empty();
        return now;
    }
}

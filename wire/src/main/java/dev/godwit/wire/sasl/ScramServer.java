package dev.godwit.wire.sasl;

import dev.godwit.wire.xdr.Opaque;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/**
 * The server's half of SCRAM. A client that names an unknown user is answered as one with a wrong password is, step by
 * step, so that nobody can find out who is known.
 */
public final class ScramServer implements SaslServer {

    private enum State {
        FIRST, PROOF, COMPLETE, FAILED
    }

    private final ScramMechanism mechanism;
    private final Function<String, Optional<ScramKeys>> users;
    private final Supplier<String> nonces;
    private final byte[] secret;
    private State state = State.FIRST;
    private String user = "";
    private String header = "";
    private String firstBare = "";
    private String serverFirst = "";
    private String nonce = "";
    private Optional<ScramKeys> keys = Optional.empty();

    /**
     * A server for one client.
     *
     * @param mechanism which one
     * @param users     the keys of a user for this mechanism; empty for one that is not known
     * @param nonces    gives texts that nobody can foretell, printable and without commas
     * @param secret    makes the salts of users who do not exist: the same for as long as the server runs
     */
    public ScramServer(ScramMechanism mechanism, Function<String, Optional<ScramKeys>> users, Supplier<String> nonces,
            byte[] secret) {
        this.mechanism = mechanism;
        this.users = users;
        this.nonces = nonces;
        this.secret = secret.clone();
    }

    @Override
    public String getMechanismName() {
        return mechanism.saslName();
    }

    @Override
    public byte[] evaluateResponse(byte[] response) throws SaslException {
        State now = state;
        state = State.FAILED; // unless it goes well
        String text = ScramMessage.utf8(response);
        return switch (now) {
            case FIRST -> {
                String challenge = first(text);
                state = State.PROOF;
                yield challenge.getBytes(StandardCharsets.UTF_8);
            }
            case PROOF -> {
                String signature = verified(text);
                state = State.COMPLETE;
                yield signature.getBytes(StandardCharsets.UTF_8);
            }
            case COMPLETE, FAILED -> throw new SaslException("the authentication is over");
        };
    }

    private String first(String text) throws SaslException {
        String[] parts = text.split(",", 3);
        if (parts.length < 3) {
            throw new SaslException("a SCRAM message that is malformed");
        }
        // 'y' says that the client could bind the channel and we did not offer it, which is true.
        if (!parts[0].equals("n") && !parts[0].equals("y")) {
            throw new SaslException("the client wants channel binding, which was not offered");
        }
        header = parts[0] + "," + parts[1] + ",";
        firstBare = parts[2];
        ScramMessage message = ScramMessage.parse(firstBare);
        try {
            user = SaslPrep.prepared(ScramMessage.unescaped(message.get('n')));
        } catch (IllegalArgumentException e) {
            throw new SaslException("a user name with " + e.getMessage());
        }
        if (!parts[1].isEmpty() && !parts[1].equals("a=" + message.get('n'))) {
            throw new SaslException("user '" + user + "' wants to act as another one");
        }
        keys = users.apply(user).filter(found -> found.mechanism() == mechanism);
        nonce = message.get('r') + nonces.get();
        Opaque salt = keys.map(ScramKeys::salt).orElseGet(this::decoy);
        serverFirst = "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt.toByteArray()) + ",i="
                + keys.map(ScramKeys::iterations).orElse(ScramKeys.FEWEST);
        return serverFirst;
    }

    /** The salt of a user who does not exist: always the same, as a real one's is. */
    private Opaque decoy() {
        return Opaque.of(java.util.Arrays.copyOf(mechanism.hmac(secret, user), 16));
    }

    private String verified(String text) throws SaslException {
        ScramMessage message = ScramMessage.parse(text);
        int beforeProof = text.lastIndexOf(",p=");
        String bound = Base64.getEncoder().encodeToString(header.getBytes(StandardCharsets.UTF_8));
        if (beforeProof < 0 || !message.get('c').equals(bound) || !message.get('r').equals(nonce)) {
            throw new SaslException("a SCRAM message that does not belong to the one before it");
        }
        byte[] proof = message.bytes('p');
        if (proof.length != mechanism.size()) {
            throw new SaslException("a SCRAM proof of the wrong length");
        }
        if (keys.isEmpty()) {
            throw new SaslException("user '" + user + "' is not known for " + mechanism);
        }
        String all = firstBare + "," + serverFirst + "," + text.substring(0, beforeProof);
        byte[] storedKey = keys.get().storedKey().toByteArray();
        byte[] clientKey = ScramMessage.xor(proof, mechanism.hmac(storedKey, all));
        if (!MessageDigest.isEqual(mechanism.hash(clientKey), storedKey)) {
            throw new SaslException("user '" + user + "' has given a wrong password");
        }
        return "v=" + Base64.getEncoder().encodeToString(
                mechanism.hmac(keys.get().serverKey().toByteArray(), all));
    }

    @Override
    public boolean isComplete() {
        return state == State.COMPLETE;
    }

    @Override
    public String getAuthorizationID() {
        if (!isComplete()) {
            throw new IllegalStateException("the authentication is not complete");
        }
        return user;
    }

    @Override
    public byte[] unwrap(byte[] incoming, int offset, int len) {
        throw new IllegalStateException("SCRAM has no security layer");
    }

    @Override
    public byte[] wrap(byte[] outgoing, int offset, int len) {
        throw new IllegalStateException("SCRAM has no security layer");
    }

    @Override
    public Object getNegotiatedProperty(String name) {
        return javax.security.sasl.Sasl.QOP.equals(name) ? "auth" : null;
    }

    @Override
    public void dispose() {
        state = State.FAILED;
        keys = Optional.empty();
    }
}

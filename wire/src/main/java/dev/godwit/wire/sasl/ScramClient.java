package dev.godwit.wire.sasl;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.function.Supplier;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/** The client's half of SCRAM. Proves the password without telling it, and has the server prove that it knows it. */
public final class ScramClient implements SaslClient {

    /** No channel binding: SASL runs inside TLS here, whose peers both have certificates. */
    private static final String GS2 = "n,,";

    private enum State {
        FIRST, PROOF, VERIFY, COMPLETE, FAILED
    }

    private final ScramMechanism mechanism;
    private final String user;
    private final char[] password;
    private final String nonce;
    private State state = State.FIRST;
    private String firstBare = "";
    private byte[] serverSignature = new byte[0];

    /**
     * A client.
     *
     * @param mechanism which one
     * @param user      who
     * @param password  not empty
     * @param nonces    gives texts that nobody can foretell, printable and without commas
     * @throws SaslException for a user name with control characters
     */
    public ScramClient(ScramMechanism mechanism, String user, char[] password, Supplier<String> nonces)
            throws SaslException {
        this.mechanism = mechanism;
        try {
            this.user = SaslPrep.prepared(user);
        } catch (IllegalArgumentException e) {
            throw new SaslException("a user name with " + e.getMessage());
        }
        this.password = password.clone();
        this.nonce = nonces.get();
    }

    @Override
    public String getMechanismName() {
        return mechanism.saslName();
    }

    @Override
    public boolean hasInitialResponse() {
        return true;
    }

    @Override
    public byte[] evaluateChallenge(byte[] challenge) throws SaslException {
        State now = state;
        state = State.FAILED; // unless it goes well
        return switch (now) {
            case FIRST -> {
                firstBare = "n=" + ScramMessage.escaped(user) + ",r=" + nonce;
                state = State.PROOF;
                yield (GS2 + firstBare).getBytes(StandardCharsets.UTF_8);
            }
            case PROOF -> {
                byte[] proof = proof(ScramMessage.parse(ScramMessage.utf8(challenge)));
                state = State.VERIFY;
                yield proof;
            }
            case VERIFY -> {
                verify(ScramMessage.parse(ScramMessage.utf8(challenge)));
                state = State.COMPLETE;
                yield new byte[0];
            }
            case COMPLETE, FAILED -> throw new SaslException("the authentication is over");
        };
    }

    private byte[] proof(ScramMessage serverFirst) throws SaslException {
        String both = serverFirst.get('r');
        if (!both.startsWith(nonce) || both.length() == nonce.length()) {
            throw new SaslException("the server's nonce does not begin with ours");
        }
        byte[] salt = serverFirst.bytes('s');
        int iterations = iterations(serverFirst.get('i'));
        if (salt.length == 0) {
            throw new SaslException("the server's salt is empty");
        }
        byte[] salted = mechanism.salted(password, salt, iterations);
        byte[] clientKey = mechanism.hmac(salted, "Client Key");
        String withoutProof = "c=" + Base64.getEncoder().encodeToString(GS2.getBytes(StandardCharsets.UTF_8))
                + ",r=" + both;
        String all = firstBare + "," + serverFirst.text() + "," + withoutProof;
        serverSignature = mechanism.hmac(mechanism.hmac(salted, "Server Key"), all);
        byte[] proof = ScramMessage.xor(clientKey, mechanism.hmac(mechanism.hash(clientKey), all));
        return (withoutProof + ",p=" + Base64.getEncoder().encodeToString(proof)).getBytes(StandardCharsets.UTF_8);
    }

    /** Few iterations would make the proof easy to guess from, for whoever poses as the server. */
    private static int iterations(String text) throws SaslException {
        if (!text.matches("[0-9]{1,8}") || Integer.parseInt(text) < ScramKeys.FEWEST
                || Integer.parseInt(text) > ScramKeys.MOST) {
            throw new SaslException("the server asks for " + text + " iterations; allowed is " + ScramKeys.FEWEST
                    + " to " + ScramKeys.MOST);
        }
        return Integer.parseInt(text);
    }

    private void verify(ScramMessage serverFinal) throws SaslException {
        if (serverFinal.has('e')) {
            throw new SaslException("the server says " + serverFinal.get('e'));
        }
        if (!MessageDigest.isEqual(serverSignature, serverFinal.bytes('v'))) {
            throw new SaslException("the server does not know the password: it may be another one that poses as it");
        }
    }

    @Override
    public boolean isComplete() {
        return state == State.COMPLETE;
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
        java.util.Arrays.fill(password, '\0');
        state = State.FAILED;
    }
}

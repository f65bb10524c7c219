package dev.godwit.client;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.sasl.Nonces;
import dev.godwit.wire.sasl.SaslChannel;
import dev.godwit.wire.sasl.SaslClients;
import dev.godwit.wire.sasl.SaslClients.Credentials;
import dev.godwit.wire.sasl.SecurityLayer;
import dev.godwit.wire.xdr.Opaque;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/**
 * Logs in with SASL (procedures 67 to 69).
 *
 * <p>A channel that the caller gives is one that others can read; the mechanism must then encrypt, and from the answer
 * that completes it on everything is.
 */
final class SaslLogin {

    /** More steps than any mechanism has. */
    private static final int MOST_STEPS = 20;

    private final Connection connection;
    private final Optional<SaslChannel> channel;
    private final ConnectUri uri;
    private final ConnectOptions options;
    private final Surroundings surroundings;
    private final String host;

    SaslLogin(Connection connection, Optional<SaslChannel> channel, ConnectUri uri, ConnectOptions options,
            Surroundings surroundings) {
        this.connection = connection;
        this.channel = channel;
        this.uri = uri;
        this.options = options;
        this.surroundings = surroundings;
        this.host = uri.host().orElse("localhost");
    }

    /** What a mechanism has said first. */
    private record Begun(SaslClient client, Optional<byte[]> first) {}

    /**
     * Goes through with it.
     *
     * @param wanted the mechanism that the URI names
     * @throws VirtException with what is missing or refused
     */
    void run(Optional<String> wanted) {
        String offered = connection.call(AuthProcedures.SASL_INIT, new Nothing()).mechlist();
        boolean secure = channel.isEmpty();
        List<String> chosen = SaslClients.choose(offered, wanted, secure);
        if (chosen.isEmpty()) {
            throw nothingInCommon(offered, wanted, secure);
        }
        VirtException reason = null;
        for (String mechanism : chosen) {
            Optional<Credentials> credentials = Optional.empty();
            try {
                credentials = Optional.of(credentials(mechanism));
                Begun begun = begin(mechanism, credentials.get(), secure);
                converse(begun, credentials.get());
                return;
            } catch (NotBegun e) {
                // Another one may do, as a password where there are no tickets. The best one's reason is told.
                reason = reason == null ? e.failure : reason;
            } finally {
                credentials.flatMap(Credentials::password).ifPresent(password -> Arrays.fill(password, '\0'));
            }
        }
        throw reason;
    }

    /** A mechanism that failed on this side before the host heard of it. */
    private static final class NotBegun extends Exception {

        private static final long serialVersionUID = 1L;
        private final transient VirtException failure;

        NotBegun(VirtException failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private VirtException nothingInCommon(String offered, Optional<String> wanted, boolean secure) {
        if (wanted.isPresent() && SaslClients.choose(offered, wanted, true).isEmpty()) {
            return failed("the URI asks for the SASL mechanism " + wanted.get() + ". " + host + " offers " + offered
                    + ", and this client has " + String.join(", ", SaslClients.known()));
        }
        return failed("there is no SASL mechanism that both sides have and that will do. " + host + " offers " + offered
                + ", and this client has " + String.join(", ", SaslClients.known())
                + (secure ? "" : ". Over TCP without TLS the mechanism must encrypt, as GSSAPI does: use GSSAPI, or "
                        + uri.driver() + "+tls, or " + uri.driver() + "+ssh"));
    }

    private Begun begin(String mechanism, Credentials credentials, boolean secure) throws NotBegun {
        try {
            SaslClient client = SaslClients.begin(mechanism, host, credentials, secure,
                    new Nonces(new SecureRandom()));
            return new Begun(client, client.hasInitialResponse()
                    ? Optional.of(client.evaluateChallenge(new byte[0])) : Optional.empty());
        } catch (SaslException e) {
            throw new NotBegun(failed(mechanism + " cannot be used here: " + reason(e)));
        }
    }

    private Credentials credentials(String mechanism) throws NotBegun {
        if (!SaslClients.needsPassword(mechanism)) {
            return new Credentials(uri.user(), Optional.empty(), Optional.empty());
        }
        Map<String, String> kept = AuthFile.of(uri, surroundings).credentials(host);
        Optional<String> keptUser = Optional.ofNullable(kept.get("authname")).or(() ->
                Optional.ofNullable(kept.get("username")));
        String user = uri.user().or(() -> keptUser).or(() -> options.prompt().flatMap(p -> p.userName(host)))
                .orElseThrow(() -> new NotBegun(failed(host + " asks for a user's name and password, and there are none:"
                        + " write the name into the URI (" + uri.driver() + "+tls://NAME@" + host
                        + "/system), or both into an auth.conf")));
        // The file's password is that of the file's user.
        Optional<char[]> password = keptUser.isEmpty() || keptUser.get().equals(user)
                ? Optional.ofNullable(kept.get("password")).map(String::toCharArray) : Optional.empty();
        char[] proof = password.or(() -> options.prompt().flatMap(p -> p.password(host, user)))
                .orElseThrow(() -> new NotBegun(failed(host + " asks for the password of '" + user
                        + "', and there is none: write it into an auth.conf, or call this at a terminal")));
        if (proof.length == 0) {
            throw new NotBegun(failed("the password of '" + user + "' is empty"));
        }
        return new Credentials(Optional.of(user), Optional.of(proof), Optional.ofNullable(kept.get("realm")));
    }

    private void converse(Begun begun, Credentials credentials) {
        SaslClient client = begun.client;
        boolean keep = false;
        try {
            AuthProcedures.SaslRet answer = connection.call(AuthProcedures.SASL_START,
                    new AuthProcedures.SaslStartArgs(client.getMechanismName(), nil(begun.first), data(begun.first)));
            // The host may be done before we are: it has yet to prove itself.
            for (int steps = 0; answer.complete() == 0 || !client.isComplete(); steps++) {
                Optional<byte[]> response = client.isComplete() ? Optional.empty()
                        : Optional.ofNullable(client.evaluateChallenge(answer.data().toByteArray()));
                if (answer.complete() != 0) {
                    if (!client.isComplete()) {
                        throw new SaslException("it ended the conversation without proving itself");
                    }
                    break;
                }
                if (steps == MOST_STEPS) {
                    throw new SaslException("it does not come to an end");
                }
                answer = connection.call(AuthProcedures.SASL_STEP,
                        new AuthProcedures.SaslStepArgs(nil(response), data(response)));
            }
            keep = protect(client);
        } catch (SaslException e) {
            throw failed(client.getMechanismName() + " with " + host + whose(credentials) + " failed: " + reason(e));
        } catch (LostConnectionException e) {
            throw e;
        } catch (VirtException e) {
            throw e.is(ErrorCode.AUTH_FAILED) ? failed(host + " does not let us in with " + client.getMechanismName()
                    + whose(credentials) + ": the name or the password is wrong, or the name is not in the host's"
                    + " sasl_allowed_username_list; its log says which") : e;
        } finally {
            if (!keep) {
                dispose(client);
            }
        }
    }

    /** Lays the layer over the channel, if there is one. */
    private boolean protect(SaslClient client) throws SaslException {
        Optional<SecurityLayer> layer = SecurityLayer.of(client);
        if (channel.isPresent()) {
            if (layer.filter(SecurityLayer::isConfidential).isEmpty()) {
                throw new SaslException("negotiation SSF 0 was not strong enough");
            }
            channel.get().protectReading(layer.get());
            channel.get().protectWriting(layer.get()); // nothing is sent before the next call
            return true;
        }
        return false;
    }

    private static void dispose(SaslClient client) {
        try {
            client.dispose();
        } catch (SaslException e) {
            // It held nothing but secrets, and the collector gets those.
        }
    }

    private static String whose(Credentials credentials) {
        return credentials.user().map(user -> " as '" + user + "'").orElse("");
    }

    private static String reason(SaslException e) {
        Throwable deepest = e;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest == e || String.valueOf(e.getMessage()).contains(String.valueOf(deepest.getMessage()))
                ? String.valueOf(e.getMessage()) : e.getMessage() + ": " + deepest.getMessage();
    }

    private VirtException failed(String why) {
        return new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.REMOTE, why + " (" + uri + ")").at(host);
    }

    private static int nil(Optional<byte[]> data) {
        return data.isEmpty() ? 1 : 0;
    }

    private static Opaque data(Optional<byte[]> data) {
        return Opaque.of(data.orElseGet(() -> new byte[0]));
    }
}

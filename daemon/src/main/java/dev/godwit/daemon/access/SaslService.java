package dev.godwit.daemon.access;

import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.pki.NamePattern;
import dev.godwit.wire.sasl.Kerberos;
import dev.godwit.wire.sasl.Nonces;
import dev.godwit.wire.sasl.SaslClients;
import dev.godwit.wire.sasl.ScramKeys;
import dev.godwit.wire.sasl.ScramMechanism;
import dev.godwit.wire.sasl.ScramServer;
import dev.godwit.wire.sasl.SecurityLayer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/** The mechanisms with which clients can log in here, and who may. */
public final class SaslService {

    private static final System.Logger LOG = System.getLogger(SaslService.class.getName());
    private static final String GSSAPI = "GSSAPI";

    private final List<String> mechanisms;
    private final PasswordFile passwords;
    private final Optional<Path> keytab;
    private final Optional<List<NamePattern>> allowed;
    private final SecureRandom random;
    private final byte[] secret = new byte[32];

    /**
     * A service.
     *
     * @param mechanisms what is offered, the best first
     * @param passwords  the users of SCRAM
     * @param keytab     the keys of GSSAPI
     * @param allowed    who may log in; empty for all who can
     * @param random     for what must not be foretold
     */
    public SaslService(List<String> mechanisms, PasswordFile passwords, Optional<Path> keytab,
            Optional<List<NamePattern>> allowed, SecureRandom random) {
        this.mechanisms = List.copyOf(mechanisms);
        this.passwords = passwords;
        this.keytab = keytab;
        this.allowed = allowed.map(List::copyOf);
        this.random = random;
        random.nextBytes(secret);
    }

    /**
     * The service that the configuration describes.
     *
     * @param config the configuration
     * @param needed whether anybody has to log in; if so, the files must be good
     * @param random for what must not be foretold
     * @throws IOException naming the file that is not
     */
    public static SaslService of(DaemonConfig config, boolean needed, SecureRandom random) throws IOException {
        PasswordFile passwords = new PasswordFile(config.get(ConfigKeys.SASL_PASSWORD_FILE));
        Optional<Path> keytab = config.get(ConfigKeys.SASL_KEYTAB);
        if (needed) {
            passwords.check();
            if (keytab.isPresent() && !Files.isReadable(keytab.get())) {
                throw new IOException("The keytab " + keytab.get() + " (sasl_keytab) cannot be read");
            }
        }
        return new SaslService(config.get(ConfigKeys.SASL_MECHANISMS), passwords, keytab,
                config.says(ConfigKeys.SASL_ALLOWED_USERNAME_LIST)
                        ? Optional.of(config.get(ConfigKeys.SASL_ALLOWED_USERNAME_LIST).stream()
                                .map(NamePattern::new).toList())
                        : Optional.empty(), random);
    }

    /**
     * The mechanisms for a client.
     *
     * @param isProtected whether nobody can read along; otherwise the mechanism must see to it
     */
    public List<String> offered(boolean isProtected) {
        return mechanisms.stream().filter(mechanism -> mechanism.equals(GSSAPI) ? keytab.isPresent() : isProtected)
                .toList();
    }

    /**
     * Begins a mechanism.
     *
     * @param mechanism   one of those offered
     * @param isProtected whether nobody can read along
     * @return the conversation's half
     * @throws SaslException if it cannot be begun
     */
    public SaslServer begin(String mechanism, boolean isProtected) throws SaslException {
        if (!offered(isProtected).contains(mechanism)) {
            throw new SaslException("the mechanism " + Identity.quoted(mechanism) + " was not offered");
        }
        Optional<ScramMechanism> scram = ScramMechanism.of(mechanism);
        if (scram.isPresent()) {
            return new ScramServer(scram.get(), user -> keys(user, scram.get()), new Nonces(random), secret);
        }
        Map<String, String> properties = Map.of(Sasl.QOP, isProtected ? "auth" : "auth-conf",
                Sasl.MAX_BUFFER, Integer.toString(SecurityLayer.LONGEST_WRAPPED));
        return Kerberos.ofService(keytab.orElseThrow()).server(() -> Sasl.createSaslServer(GSSAPI,
                SaslClients.SERVICE, null, properties, SaslService::authorize));
    }

    private Optional<ScramKeys> keys(String user, ScramMechanism mechanism) {
        try {
            return passwords.find(user, mechanism);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "The password file cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Nobody acts for somebody else. */
    private static void authorize(Callback[] callbacks) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            if (!(callback instanceof AuthorizeCallback question)) {
                throw new UnsupportedCallbackException(callback);
            }
            question.setAuthorized(question.getAuthenticationID().equals(question.getAuthorizationID()));
        }
    }

    /** Whether {@code sasl_allowed_username_list} has a user. */
    public boolean allows(String user) {
        return allowed.map(patterns -> patterns.stream().anyMatch(pattern -> pattern.matches(user))).orElse(true);
    }
}

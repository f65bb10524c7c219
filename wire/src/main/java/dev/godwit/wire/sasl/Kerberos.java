package dev.godwit.wire.sasl;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;
import javax.security.auth.login.AppConfigurationEntry;
import javax.security.auth.login.AppConfigurationEntry.LoginModuleControlFlag;
import javax.security.auth.login.Configuration;
import javax.security.auth.login.LoginContext;
import javax.security.auth.login.LoginException;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/**
 * Kerberos credentials for GSSAPI, as the JDK has them: a user's tickets, or a service's keys. The realm and its servers
 * come from the system's {@code krb5.conf}.
 */
public final class Kerberos {

    private static final String MODULE = "com.sun.security.auth.module.Krb5LoginModule";

    private final Subject subject;

    private Kerberos(Subject subject) {
        this.subject = subject;
    }

    /**
     * The tickets that {@code kinit} has got, from the cache that {@code KRB5CCNAME} names or the usual one.
     *
     * @param cache the cache, where it is another one
     * @throws SaslException if there are none
     */
    public static Kerberos ofUser(Optional<Path> cache) throws SaslException {
        Map<String, String> options = new HashMap<>(Map.of("useTicketCache", "true", "doNotPrompt", "true"));
        cache.ifPresent(path -> options.put("ticketCache", path.toString()));
        return login(options, "there are no Kerberos tickets; kinit gets them");
    }

    /**
     * The keys of a service.
     *
     * @param keytab the file with the keys of one or several principals
     * @throws SaslException if it cannot be read
     */
    public static Kerberos ofService(Path keytab) throws SaslException {
        return login(Map.of("useKeyTab", "true", "storeKey", "true", "isInitiator", "false", "doNotPrompt", "true",
                "principal", "*", "keyTab", keytab.toString()), "the keytab " + keytab + " cannot be used");
    }

    private static Kerberos login(Map<String, String> options, String failure) throws SaslException {
        Configuration configuration = new Configuration() {
            @Override
            public AppConfigurationEntry[] getAppConfigurationEntry(String name) {
                return new AppConfigurationEntry[] {
                    new AppConfigurationEntry(MODULE, LoginModuleControlFlag.REQUIRED, options)
                };
            }
        };
        try {
            LoginContext login = new LoginContext("godwit", new Subject(), null, configuration);
            login.login();
            return new Kerberos(login.getSubject());
        } catch (LoginException e) {
            throw new SaslException(failure + " (" + e.getMessage() + ")", e);
        }
    }

    /** Does something with the credentials at hand. */
    <T> T with(Callable<T> work) throws SaslException {
        try {
            return Subject.callAs(subject, work);
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case SaslException failure -> throw failure;
                case RuntimeException failure -> throw failure;
                case Throwable failure -> throw new SaslException(failure.toString(), failure);
            }
        }
    }

    /** A client every step of which has the credentials at hand. */
    SaslClient client(Callable<SaslClient> maker) throws SaslException {
        SaslClient client = with(maker);
        return new SaslClient() {
            @Override
            public String getMechanismName() {
                return client.getMechanismName();
            }

            @Override
            public boolean hasInitialResponse() {
                return client.hasInitialResponse();
            }

            @Override
            public byte[] evaluateChallenge(byte[] challenge) throws SaslException {
                return with(() -> client.evaluateChallenge(challenge));
            }

            @Override
            public boolean isComplete() {
                return client.isComplete();
            }

            @Override
            public byte[] unwrap(byte[] incoming, int offset, int len) throws SaslException {
                return client.unwrap(incoming, offset, len);
            }

            @Override
            public byte[] wrap(byte[] outgoing, int offset, int len) throws SaslException {
                return client.wrap(outgoing, offset, len);
            }

            @Override
            public Object getNegotiatedProperty(String name) {
                return client.getNegotiatedProperty(name);
            }

            @Override
            public void dispose() throws SaslException {
                client.dispose();
            }
        };
    }

    /**
     * A server every step of which has the credentials at hand.
     *
     * @param maker makes the server
     * @throws SaslException if it cannot be made
     */
    public SaslServer server(Callable<SaslServer> maker) throws SaslException {
        SaslServer server = with(maker);
        return new SaslServer() {
            @Override
            public String getMechanismName() {
                return server.getMechanismName();
            }

            @Override
            public byte[] evaluateResponse(byte[] response) throws SaslException {
                return with(() -> server.evaluateResponse(response));
            }

            @Override
            public boolean isComplete() {
                return server.isComplete();
            }

            @Override
            public String getAuthorizationID() {
                return server.getAuthorizationID();
            }

            @Override
            public byte[] unwrap(byte[] incoming, int offset, int len) throws SaslException {
                return server.unwrap(incoming, offset, len);
            }

            @Override
            public byte[] wrap(byte[] outgoing, int offset, int len) throws SaslException {
                return server.wrap(outgoing, offset, len);
            }

            @Override
            public Object getNegotiatedProperty(String name) {
                return server.getNegotiatedProperty(name);
            }

            @Override
            public void dispose() throws SaslException {
                server.dispose();
            }
        };
    }
}

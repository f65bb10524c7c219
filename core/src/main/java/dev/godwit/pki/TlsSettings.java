package dev.godwit.pki;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.NoSuchProviderException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Security;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * One side's way to speak TLS: who it is, whom it trusts, and what it is ready to negotiate. All of Godwit's TLS begins
 * here. May be used for any number of conversations.
 */
public final class TlsSettings {

    /** Looks at the certificates of a server while the handshake runs. */
    @FunctionalInterface
    public interface ServerCheck {

        /** Accepts any. */
        ServerCheck NONE = _ -> { };

        /**
         * Checks.
         *
         * @param chain the server's, its own first
         * @throws PkiException saying what is wrong; the server is sent an alert
         */
        void check(List<X509Certificate> chain) throws PkiException;
    }

    private static final int NO_TICKETS_SECONDS = 604_801;

    private final Credentials credentials;
    private final Optional<String> provider;
    private final SSLContext served;
    private final SSLParameters parameters;

    private TlsSettings(
            Credentials credentials, Optional<String> provider, SSLContext served, SSLParameters parameters) {
        this.credentials = credentials;
        this.provider = provider;
        this.served = served;
        this.parameters = parameters;
    }

    /**
     * Settings of one side.
     *
     * @param role        which
     * @param credentials who it is and whom it trusts
     * @param priority    what it is ready to negotiate
     * @param provider    the security provider, the JDK's own when absent
     * @return the settings
     * @throws PkiException if provider, priority and credentials do not go together
     */
    public static TlsSettings of(Role role, Credentials credentials, TlsPriority priority, Optional<String> provider)
            throws PkiException {
        JdkTls.raiseKeyLimits();
        if (role == Role.SERVER) {
            JdkTls.offerNoTickets();
        }
        SSLContext context = context(credentials, provider, ServerCheck.NONE);
        SSLParameters parameters = context.getDefaultSSLParameters();
        priority.applyTo(parameters);
        return new TlsSettings(credentials, provider, context, parameters);
    }

    private static SSLContext context(Credentials credentials, Optional<String> provider, ServerCheck check)
            throws PkiException {
        try {
            SSLContext context = provider.isPresent()
                    ? SSLContext.getInstance("TLS", provider.get()) : SSLContext.getInstance("TLS");
            context.init(credentials.own().map(own -> new KeyManager[] {new OneKey(own)}).orElse(new KeyManager[0]),
                    new TrustManager[] {new Trust(check)}, null);
            // Longer than a ticket of TLS 1.3 may be valid (RFC 8446, section 4.6.1), so that none is sent.
            context.getServerSessionContext().setSessionTimeout(NO_TICKETS_SECONDS);
            context.getServerSessionContext().setSessionCacheSize(1);
            return context;
        } catch (NoSuchProviderException e) {
            throw new PkiException("There is no security provider '" + provider.orElseThrow() + "' (tls_provider) here;"
                    + " there are " + Arrays.stream(Security.getProviders()).map(Provider::getName).toList(), e);
        } catch (GeneralSecurityException e) {
            throw new PkiException("TLS cannot be used" + provider.map(p -> " with the provider " + p).orElse("") + ": "
                    + e.getMessage(), e);
        }
    }

    /** Who this side is and whom it trusts. */
    public Credentials credentials() {
        return credentials;
    }

    /**
     * The client's end of a conversation.
     *
     * @param host  the server's name, sent to it (RFC 6066, section 3); an address is not sent
     * @param port  the server's port
     * @param check looks at the server's certificates
     * @return for a TLS channel
     * @throws PkiException if the provider does not work
     */
    public SSLEngine client(String host, int port, ServerCheck check) throws PkiException {
        SSLEngine engine = context(credentials, provider, check).createSSLEngine(host, port);
        engine.setUseClientMode(true);
        engine.setSSLParameters(parameters);
        return engine;
    }

    /**
     * The server's end of a conversation. The client is asked for its certificate and may have none; to check it is the
     * caller's, after the handshake, so that a client that is not let in can be told so by stock means.
     *
     * @return for a TLS channel
     */
    public SSLEngine server() {
        SSLEngine engine = served.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        engine.setWantClientAuth(true);
        return engine;
    }

    /** Gives the one key there is, to whoever asks for its kind, whatever authorities the peer names. */
    private static final class OneKey extends X509ExtendedKeyManager {

        private static final String NAME = "own";
        private final Credentials.Own own;

        OneKey(Credentials.Own own) {
            this.own = own;
        }

        private String choose(String... keyTypes) {
            String algorithm = own.key().getAlgorithm();
            return Arrays.asList(keyTypes).contains(algorithm) ? NAME : null;
        }

        @Override
        public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
            return choose(keyType);
        }

        @Override
        public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
            return choose(keyType);
        }

        @Override
        public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
            return choose(keyType);
        }

        @Override
        public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
            return choose(keyType);
        }

        @Override
        public String[] getClientAliases(String keyType, Principal[] issuers) {
            return new String[] {NAME};
        }

        @Override
        public String[] getServerAliases(String keyType, Principal[] issuers) {
            return new String[] {NAME};
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.chain().toArray(X509Certificate[]::new);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.key();
        }
    }

    private static final class Trust extends X509ExtendedTrustManager {

        private final ServerCheck check;

        Trust(ServerCheck check) {
            this.check = check;
        }

        private void checkServer(X509Certificate[] chain) throws CertificateException {
            try {
                check.check(List.of(chain));
            } catch (PkiException e) {
                // From the reason in the middle the JDK makes the alert that the server gets.
                throw new CertificateException(e.getMessage(),
                        new CertPathValidatorException(e.getMessage(), e, null, -1, e.reason()));
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
                throws CertificateException {
            checkServer(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
                throws CertificateException {
            checkServer(chain);
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            checkServer(chain);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
            // Checked after the handshake.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
            // Checked after the handshake.
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String authType) {
            // Checked after the handshake.
        }

        /**
         * None, so that a server does not tell its clients whose certificates it wants. Told, a client of GnuTLS looks for
         * one that also fits the signature algorithms, does not find an RSA key fit for the names that the JDK uses in TLS
         * 1.3, and sends no certificate; not told, it sends the one it has.
         */
        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}

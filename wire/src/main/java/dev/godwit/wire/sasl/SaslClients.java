package dev.godwit.wire.sasl;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.NameCallback;
import javax.security.auth.callback.PasswordCallback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.sasl.AuthorizeCallback;
import javax.security.sasl.RealmCallback;
import javax.security.sasl.RealmChoiceCallback;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;

/** Which mechanisms a client has, in which order it takes them, and how it begins one. */
public final class SaslClients {

    /** The service's name in Kerberos and DIGEST-MD5, the same for stock daemons and ours. */
    public static final String SERVICE = "libvirt";

    /** What is taken unasked, the best first. */
    private static final List<String> ALWAYS =
            List.of("GSSAPI", "SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1");
    /** What tells the password to the server, or nothing that proves anything: only where others cannot listen. */
    private static final List<String> ENCRYPTED_ONLY = List.of("EXTERNAL", "PLAIN");
    /** What has a layer that encrypts. */
    private static final List<String> WITH_LAYER = List.of("GSSAPI", "DIGEST-MD5");

    private SaslClients() {}

    /**
     * Who logs in.
     *
     * @param user     the name; empty where nobody said one
     * @param password the password; empty where nobody said one
     * @param realm    the realm, for DIGEST-MD5
     */
    public record Credentials(Optional<String> user, Optional<char[]> password, Optional<String> realm) {}

    /**
     * The mechanisms to try, the best first.
     *
     * @param offered the server's list, separated by commas or blanks
     * @param wanted  the one that the user named, whatever its letters
     * @param secure  whether the connection is protected otherwise; if not, the mechanism must do it
     * @return those that both sides have and that will do
     */
    public static List<String> choose(String offered, Optional<String> wanted, boolean secure) {
        List<String> there = List.of(offered.strip().toUpperCase(Locale.ROOT).split("[,\\s]+"));
        List<String> ours = new ArrayList<>();
        if (wanted.isPresent()) {
            ours.add(wanted.get().toUpperCase(Locale.ROOT));
        } else {
            ours.addAll(ALWAYS);
            ours.addAll(ENCRYPTED_ONLY);
        }
        ours.removeIf(mechanism -> !there.contains(mechanism) || !known().contains(mechanism)
                || !secure && !WITH_LAYER.contains(mechanism));
        return ours;
    }

    /** All mechanisms of this client, those that must be asked for at the end. */
    public static List<String> known() {
        List<String> all = new ArrayList<>(ALWAYS);
        all.addAll(ENCRYPTED_ONLY);
        all.add("DIGEST-MD5");
        return all;
    }

    /** Whether a mechanism needs a user's name and password. */
    public static boolean needsPassword(String mechanism) {
        return !mechanism.equals("GSSAPI") && !mechanism.equals("EXTERNAL");
    }

    /**
     * Begins a mechanism.
     *
     * @param mechanism   one of {@link #choose}
     * @param host        the server's name, as its Kerberos principal has it
     * @param credentials who logs in
     * @param secure      whether the connection is protected otherwise
     * @param nonces      for SCRAM
     * @return the client
     * @throws SaslException if it cannot be begun, as without tickets
     */
    public static SaslClient begin(String mechanism, String host, Credentials credentials, boolean secure,
            Supplier<String> nonces) throws SaslException {
        Optional<ScramMechanism> scram = ScramMechanism.of(mechanism);
        if (scram.isPresent()) {
            return new ScramClient(scram.get(), credentials.user().orElse(""),
                    credentials.password().orElseGet(() -> new char[0]), nonces);
        }
        // Where the connection is protected there is no second layer; stock peers do not expect one.
        // Of DIGEST-MD5's ciphers, all of them old, RC4 is the one that servers on today's OpenSSL have still.
        Map<String, String> properties = Map.of(Sasl.QOP, secure ? "auth" : "auth-conf", Sasl.STRENGTH, "high,medium",
                "com.sun.security.sasl.digest.cipher", "rc4",
                Sasl.MAX_BUFFER, Integer.toString(SecurityLayer.LONGEST_WRAPPED), Sasl.SERVER_AUTH, "true");
        SaslClient client = mechanism.equals("GSSAPI")
                ? Kerberos.ofUser(Optional.empty()).client(() -> make(mechanism, host, credentials, properties))
                : make(mechanism, host, credentials, properties);
        if (client == null) {
            throw new SaslException("this JVM does not have " + mechanism);
        }
        return client;
    }

    private static SaslClient make(String mechanism, String host, Credentials credentials,
            Map<String, String> properties) throws SaslException {
        return Sasl.createSaslClient(new String[] {mechanism}, null, SERVICE, host, properties,
                callbacks -> answer(callbacks, credentials));
    }

    private static void answer(Callback[] callbacks, Credentials credentials) throws UnsupportedCallbackException {
        for (Callback callback : callbacks) {
            switch (callback) {
                case NameCallback name -> name.setName(credentials.user().orElse(name.getDefaultName()));
                case PasswordCallback password -> password.setPassword(credentials.password().orElse(new char[0]));
                case RealmCallback realm -> realm.setText(credentials.realm().orElse(realm.getDefaultText()));
                case RealmChoiceCallback realm -> realm.setSelectedIndex(chosen(realm, credentials));
                case AuthorizeCallback authorize -> authorize.setAuthorized(true);
                default -> throw new UnsupportedCallbackException(callback);
            }
        }
    }

    private static int chosen(RealmChoiceCallback realm, Credentials credentials) {
        return Math.max(0, credentials.realm().map(List.of(realm.getChoices())::indexOf)
                .orElse(realm.getDefaultChoice()));
    }
}

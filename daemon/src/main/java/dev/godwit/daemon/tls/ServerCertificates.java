package dev.godwit.daemon.tls;

import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.pki.Credentials;
import dev.godwit.pki.Expiry;
import dev.godwit.pki.NamePattern;
import dev.godwit.pki.PkiException;
import dev.godwit.pki.PkiFiles;
import dev.godwit.pki.Role;
import dev.godwit.pki.TlsPriority;
import dev.godwit.pki.TlsSettings;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The daemon's certificates as they are in force. Read anew on demand; conversations that have begun go on as they are. */
public final class ServerCertificates {

    private static final System.Logger LOG = System.getLogger(ServerCertificates.class.getName());

    private final DaemonConfig config;
    private final InstantSource clock;
    private volatile TlsRule rule;

    private ServerCertificates(DaemonConfig config, InstantSource clock) throws PkiException {
        this.config = config;
        this.clock = clock;
        this.rule = read(!config.get(ConfigKeys.TLS_NO_SANITY_CERTIFICATE));
    }

    /**
     * Reads and checks the files that a configuration names.
     *
     * @param config with {@code listen_tls = 1}
     * @param clock  wall-clock time
     * @return the certificates
     * @throws PkiException naming the file and what is wrong with it
     */
    public static ServerCertificates load(DaemonConfig config, InstantSource clock) throws PkiException {
        ServerCertificates certificates = new ServerCertificates(config, clock);
        certificates.warn();
        return certificates;
    }

    /** The rule for clients that come now. */
    public TlsRule rule() {
        return rule;
    }

    /**
     * Reads the files again. The names of the files stay those of the start. Checked strictly, whatever the
     * configuration says: a daemon that runs well must not be spoilt by a file that is half written.
     *
     * @throws PkiException naming the file and what is wrong with it; what was in force stays so
     */
    public synchronized void reload() throws PkiException {
        rule = read(true);
        LOG.log(System.Logger.Level.INFO, "The certificates for TLS have been read again: "
                + rule.settings().credentials().own().orElseThrow());
        warn();
    }

    private TlsRule read(boolean sanity) throws PkiException {
        PkiFiles files = new PkiFiles(config.get(ConfigKeys.CA_FILE), config.get(ConfigKeys.CRL_FILE),
                config.get(ConfigKeys.CERT_FILE), config.get(ConfigKeys.KEY_FILE));
        Optional<String> priority = config.get(ConfigKeys.TLS_PRIORITY);
        TlsSettings settings = TlsSettings.of(Role.SERVER, Credentials.read(Role.SERVER, files, sanity, clock),
                priority.isPresent() ? TlsPriority.parse(priority.get()) : TlsPriority.NORMAL,
                config.get(ConfigKeys.TLS_PROVIDER));
        Optional<List<NamePattern>> allowed = config.says(ConfigKeys.TLS_ALLOWED_DN_LIST)
                ? Optional.of(config.get(ConfigKeys.TLS_ALLOWED_DN_LIST).stream().map(NamePattern::new).toList())
                : Optional.empty();
        return new TlsRule(settings, !config.get(ConfigKeys.TLS_NO_VERIFY_CERTIFICATE), allowed, clock);
    }

    /** Logs what will expire soon. */
    public void warn() {
        for (String warning : Expiry.warnings(rule.settings().credentials(), clock)) {
            LOG.log(System.Logger.Level.WARNING, warning);
        }
    }
}

package dev.godwit.daemon.config;

import static dev.godwit.daemon.config.ConfigType.FLAG;
import static dev.godwit.daemon.config.ConfigType.MODE;
import static dev.godwit.daemon.config.ConfigType.PATH;
import static dev.godwit.daemon.config.ConfigType.PORT;
import static dev.godwit.daemon.config.ConfigType.REMOTE_URIS;
import static dev.godwit.daemon.config.ConfigType.TEXT;
import static dev.godwit.daemon.config.ConfigType.TEXTS;
import static dev.godwit.daemon.config.ConfigType.UUID_TEXT;
import static dev.godwit.daemon.config.ConfigType.listOf;
import static dev.godwit.daemon.config.ConfigType.number;
import static dev.godwit.daemon.config.ConfigType.oneOf;
import static dev.godwit.daemon.config.ConfigType.optional;

import dev.godwit.pki.PkiFiles;
import dev.godwit.pki.Role;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * All keys of {@code godwitd.conf}, in the order in which they are printed.
 *
 * <p>Keys of {@code libvirtd.conf} and {@code qemu.conf} have their name and default from there where they mean the
 * same here. To add a key, add its constant.
 */
public final class ConfigKeys {

    private static final List<ConfigKey<?>> ALL = new ArrayList<>();
    private static final PkiFiles SERVER_FILES = PkiFiles.system(Role.SERVER, PkiFiles.SYSTEM);

    // Where it listens

    public static final ConfigKey<Boolean> LISTEN_TCP = key("listen_tcp", FLAG, false,
            "Whether to listen on TCP. The connection is neither encrypted nor authenticated.");
    public static final ConfigKey<Boolean> LISTEN_TLS = key("listen_tls", FLAG, false,
            "Whether to listen on TLS, which encrypts and has clients show a certificate. Needs the files below;"
                    + " \"godwit pki\" makes them.");
    public static final ConfigKey<String> LISTEN_ADDR = key("listen_addr", TEXT, "::",
            "The address to listen on for TCP and TLS, a name or a number. \"::\" takes IPv6 and IPv4.");
    public static final ConfigKey<Integer> TCP_PORT = key("tcp_port", PORT, 16509,
            "The port to listen on for TCP.");
    public static final ConfigKey<Integer> TLS_PORT = key("tls_port", PORT, 16514,
            "The port to listen on for TLS.");
    public static final ConfigKey<String> AUTH_TCP = key("auth_tcp", oneOf("sasl", "none"), "sasl",
            "How clients on TCP prove who they are. With \"sasl\" they log in with a mechanism that also encrypts, which"
                    + " of ours only GSSAPI does. With \"none\" whoever reaches the port rules the guests.");
    public static final ConfigKey<String> AUTH_TLS = key("auth_tls", oneOf("sasl", "none"), "none",
            "How clients on TLS prove who they are, beyond their certificates.");
    public static final ConfigKey<Path> UNIX_SOCK_DIR = derived("unix_sock_dir", PATH, c -> c.get(ConfigKeys.RUN_DIR),
            "Where the sockets libvirt-sock and libvirt-sock-ro are made. With \"/run/libvirt\", virsh -c qemu:///system"
                    + " finds this daemon.");
    public static final ConfigKey<Optional<String>> UNIX_SOCK_GROUP = key("unix_sock_group", optional(TEXT),
            Optional.empty(), "The group that owns the sockets and whose members may use libvirt-sock.");
    public static final ConfigKey<Integer> UNIX_SOCK_RW_PERMS = key("unix_sock_rw_perms", MODE, 0700,
            "The mode of libvirt-sock.");
    public static final ConfigKey<Integer> UNIX_SOCK_RO_PERMS = key("unix_sock_ro_perms", MODE, 0777,
            "The mode of libvirt-sock-ro, which only the system instance has.");
    public static final ConfigKey<String> AUTH_UNIX_RW = key("auth_unix_rw", oneOf("none", "sasl"), "none",
            "How clients of libvirt-sock prove who they are, beyond the credentials the kernel reports: root, the"
                    + " daemon's own user and members of unix_sock_group are let in. \"polkit\" is not possible.");
    public static final ConfigKey<String> AUTH_UNIX_RO = key("auth_unix_ro", oneOf("none", "sasl"), "none",
            "How clients of libvirt-sock-ro prove who they are. \"polkit\" is not possible.");

    // Who may do what

    public static final ConfigKey<List<String>> SASL_MECHANISMS = key("sasl_mechanisms",
            listOf("SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1", "GSSAPI"),
            List.of("GSSAPI", "SCRAM-SHA-512", "SCRAM-SHA-256"),
            "The mechanisms of SASL that are offered, the best first. GSSAPI also needs sasl_keytab.");
    public static final ConfigKey<Path> SASL_PASSWORD_FILE = derived("sasl_password_file", PATH,
            c -> c.get(ConfigKeys.CONFIG_DIR).resolve("passwords"),
            "The users of SCRAM, with their salted keys. godwitd --set-password NAME writes it; changes count at once.");
    public static final ConfigKey<Optional<Path>> SASL_KEYTAB = key("sasl_keytab", optional(PATH), Optional.empty(),
            "The Kerberos keys of this host's principal libvirt/HOST@REALM, for GSSAPI.");
    public static final ConfigKey<List<String>> SASL_ALLOWED_USERNAME_LIST = key("sasl_allowed_username_list", TEXTS,
            List.of(), "Patterns for the names of those who may log in, such as \"ann\" or \"*@EXAMPLE.COM\"; * stands for"
                    + " any characters, ? for one. An empty list lets nobody in. When not given, all who can prove their"
                    + " name are let in.");
    public static final ConfigKey<Optional<Path>> ACCESS_POLICY_FILE = key("access_policy_file", optional(PATH),
            Optional.empty(), "Rules about who may do what with which guest. When not given, whoever is let in may do"
                    + " everything, and those who are read-only may read. Read again as the certificates are.");

    // How it shows and checks certificates

    public static final ConfigKey<Path> CA_FILE = key("ca_file", PATH, SERVER_FILES.authorities(),
            "The certificates of the authorities whose signature under a client's certificate counts.");
    public static final ConfigKey<Path> CERT_FILE = key("cert_file", PATH, SERVER_FILES.certificate(),
            "The daemon's own certificate, with those between it and an authority. Read again by \"godwit admin"
                    + " reload\", \"virt-admin server-update-tls\" and SIGHUP.");
    public static final ConfigKey<Path> KEY_FILE = key("key_file", PATH, SERVER_FILES.key(),
            "The private key of the daemon's certificate, without a passphrase.");
    public static final ConfigKey<Path> CRL_FILE = key("crl_file", PATH, SERVER_FILES.revocations(),
            "What the authorities have revoked. The file may be missing.");
    public static final ConfigKey<Boolean> TLS_NO_VERIFY_CERTIFICATE = key("tls_no_verify_certificate", FLAG, false,
            "Whether to let in clients without a good certificate. With 1, whoever reaches the port rules the guests,"
                    + " unless auth_tls asks for something else.");
    public static final ConfigKey<List<String>> TLS_ALLOWED_DN_LIST = key("tls_allowed_dn_list", TEXTS, List.of(),
            "Patterns for the names in clients' certificates, such as \"C=DE,O=Example,CN=*\"; * stands for any"
                    + " characters, ? for one. A client whose name fits none is not let in; an empty list lets nobody in."
                    + " When not given, every client with a good certificate is let in.");
    public static final ConfigKey<Boolean> TLS_NO_SANITY_CERTIFICATE = key("tls_no_sanity_certificate", FLAG, false,
            "Whether to start even though clients will not accept the daemon's certificate, as when it has expired.");
    public static final ConfigKey<Optional<String>> TLS_PRIORITY = key("tls_priority", optional(TEXT),
            Optional.empty(), "What to negotiate, as in GnuTLS: \"NORMAL:-VERS-ALL:+VERS-TLS1.3\". What Java offers by"
                    + " default when not given; that can be narrowed down and not extended.");
    public static final ConfigKey<Optional<String>> TLS_PROVIDER = key("tls_provider", optional(TEXT),
            Optional.empty(), "The Java security provider for TLS, such as \"Conscrypt\". Java's own when not given.");

    // How much it takes

    public static final ConfigKey<Integer> MAX_CLIENTS = key("max_clients", number(1, 100_000, "connections"), 5000,
            "Connections at the same time. More have to wait.");
    public static final ConfigKey<Integer> MAX_QUEUED_CLIENTS = key("max_queued_clients",
            number(1, 65_535, "connections"), 1000, "Connections that wait to be accepted.");
    public static final ConfigKey<Integer> MAX_ANONYMOUS_CLIENTS = key("max_anonymous_clients",
            number(1, 100_000, "connections"), 20,
            "Connections that have not proved who they are. Without authentication there are none.");
    public static final ConfigKey<Integer> MAX_CLIENT_REQUESTS = key("max_client_requests",
            number(1, 1000, "calls"), 5,
            "Calls of one connection that run at the same time. Calls that never wait for a guest have as many again.");
    public static final ConfigKey<Integer> MIN_WORKERS = key("min_workers", number(1, 100_000, "threads"), 5,
            "Accepted and without effect: calls run on virtual threads, which need no pool.");
    public static final ConfigKey<Integer> MAX_WORKERS = key("max_workers", number(1, 100_000, "threads"), 20,
            "Accepted and without effect: calls run on virtual threads, which need no pool.");
    public static final ConfigKey<Integer> PRIO_WORKERS = key("prio_workers", number(1, 100_000, "threads"), 5,
            "Accepted and without effect: calls run on virtual threads, which need no pool.");
    public static final ConfigKey<Integer> KEEPALIVE_INTERVAL = key("keepalive_interval",
            number(-1, 86_400, "seconds, -1 for never"), 5,
            "After so long a silence a client that knows keepalive is asked whether it is there; and so is a"
                    + " destination to which this daemon drives a migration.");
    public static final ConfigKey<Integer> KEEPALIVE_COUNT = key("keepalive_count", number(0, 10_000, "messages"), 5,
            "After so many unanswered questions the connection is closed. One to a destination ends the migration"
                    + " with it, and the guest runs on here.");

    // Who it is

    public static final ConfigKey<Optional<UUID>> HOST_UUID = key("host_uuid", optional(UUID_TEXT), Optional.empty(),
            "The host's identity in capabilities and migrations, different for every daemon. Made once and kept in"
                    + " state_dir when not given.");

    // Migration

    public static final ConfigKey<Optional<String>> MIGRATION_HOST = key("migration_host", optional(TEXT),
            Optional.empty(), "The name or address under which other hosts send guests here. The host's name when not"
                    + " given; a name that resolves to localhost is refused when a migration comes.");
    public static final ConfigKey<Optional<String>> MIGRATION_ADDRESS = key("migration_address", optional(TEXT),
            Optional.empty(), "The address on which arriving guests are awaited. All addresses when not given. Unlike"
                    + " libvirt's, it may be a loopback address: two daemons on one host move guests over it.");
    public static final ConfigKey<Integer> MIGRATION_PORT_MIN = key("migration_port_min",
            number(1, 65_535, "a port"), 49152, "The first port on which arriving guests are awaited.");
    public static final ConfigKey<Integer> MIGRATION_PORT_MAX = key("migration_port_max",
            number(1, 65_535, "a port"), 49215, "The last port on which arriving guests are awaited.");
    public static final ConfigKey<Integer> MIGRATION_CONNECT_TIMEOUT = key("migration_connect_timeout",
            number(1, 600, "seconds"), 10, "How long a guest's host may take to connect to the port where the guest is"
                    + " awaited. The kernel alone would wait two minutes for a firewall that drops.");
    public static final ConfigKey<List<String>> MIGRATION_ASK_URIS = key("migration_ask_uris", REMOTE_URIS, List.of(),
            "The connection URIs by which other hosts ask this one what became of a guest when a migration broke off, the"
                    + " best first; those of a hypervisor count for its guests. When not given: by where this daemon"
                    + " listens, TLS before TCP, under migration_host or the host's name. An empty list lets nobody ask.");
    public static final ConfigKey<Boolean> MIGRATION_TRANSIENT_DROPS_CONFIG = key("migration_transient_drops_config",
            FLAG, false, "Whether a guest that arrives from a transient source, without --persistent, removes a"
                    + " configuration of the same name here. libvirt keeps it.");
    public static final ConfigKey<Boolean> MIGRATION_TUNNEL_CONNECTION = key("migration_tunnel_connection", FLAG, true,
            "Whether a guest that another godwitd tunnels to this host over TCP without encryption comes on a connection of its"
                    + " own, to the same port, which its QEMU reads itself. When not, and from all others, this daemon reads it.");

    public static final ConfigKey<Boolean> MIGRATION_JOURNAL_SYNC = key("migration_journal_sync", FLAG, true,
            "Whether what this host promises in a migration is forced to disk before it acts. Without, a power cut may lose"
                    + " promises, and a guest may run twice after it; a daemon that is killed loses none either way.");

    // Guests on QEMU

    public static final ConfigKey<List<String>> SHARED_FILESYSTEMS = key("shared_filesystems", TEXTS, List.of(),
            "Folders that all hosts see alike although their file systems do not look like it. Guests with disks there"
                    + " may be migrated without --unsafe, as with disks on NFS, CephFS, GFS2 and the like.");
    public static final ConfigKey<Optional<Path>> QEMU_EMULATOR = key("qemu_emulator", optional(PATH),
            Optional.empty(), "The QEMU program for guests that name none. The system's own when not given.");
    public static final ConfigKey<String> VNC_LISTEN = key("vnc_listen", TEXT, "127.0.0.1",
            "The address of a guest's VNC display whose definition names none.");
    public static final ConfigKey<Integer> VNC_PORT_MIN = key("remote_display_port_min",
            number(5900, 65_535, "a port"), 5900, "The first port for displays of guests.");
    public static final ConfigKey<Integer> VNC_PORT_MAX = key("remote_display_port_max",
            number(5900, 65_535, "a port"), 65535, "The last port for displays of guests.");
    public static final ConfigKey<Boolean> MIGRATE_TLS_FORCE = key("migrate_tls_force", FLAG, false,
            "Whether guests leave and arrive only with --tls, or tunnelled.");
    public static final ConfigKey<Optional<Path>> MIGRATE_TLS_X509_CERT_DIR = key("migrate_tls_x509_cert_dir",
            optional(PATH), Optional.empty(), "Where QEMU finds the certificates for --tls: ca-cert.pem,"
                    + " server-cert.pem, server-key.pem, client-cert.pem and client-key.pem."
                    + " /etc/pki/libvirt-migrate where there is one, otherwise default_tls_x509_cert_dir.");
    public static final ConfigKey<Optional<Boolean>> MIGRATE_TLS_X509_VERIFY = key("migrate_tls_x509_verify",
            optional(FLAG), Optional.empty(), "Whether the QEMU that sends a guest here has to show a certificate of the"
                    + " same CA. As default_tls_x509_verify when not given. The certificate of the QEMU that receives a"
                    + " guest is always looked at.");
    public static final ConfigKey<Optional<Path>> MIGRATE_TLS_X509_PASSWORD_FILE = key("migrate_tls_x509_password_file",
            optional(PATH), Optional.empty(), "A file with the password of the keys, where they are encrypted.");
    public static final ConfigKey<Optional<UUID>> MIGRATE_TLS_X509_SECRET_UUID = key("migrate_tls_x509_secret_uuid",
            optional(UUID_TEXT), Optional.empty(), "Refused: this release keeps no secrets. See"
                    + " migrate_tls_x509_password_file.");
    public static final ConfigKey<Optional<Path>> DEFAULT_TLS_X509_CERT_DIR = key("default_tls_x509_cert_dir",
            optional(PATH), Optional.empty(), "Where QEMU finds certificates that are not for one purpose alone."
                    + " /etc/pki/qemu when not given.");
    public static final ConfigKey<Optional<Boolean>> DEFAULT_TLS_X509_VERIFY = key("default_tls_x509_verify",
            optional(FLAG), Optional.empty(), "Whether clients of QEMU's TLS have to show a certificate, where the key for"
                    + " the purpose says nothing. 1 for migration when not given.");
    public static final ConfigKey<Optional<UUID>> DEFAULT_TLS_X509_SECRET_UUID = key("default_tls_x509_secret_uuid",
            optional(UUID_TEXT), Optional.empty(), "Refused: this release keeps no secrets.");
    public static final ConfigKey<List<String>> DRIVERS = key("drivers", TEXTS, List.of("qemu", "test"),
            "The hypervisors served, by the scheme of their connection URIs. The first one answers clients that name"
                    + " none.");

    // Where it keeps things

    public static final ConfigKey<Path> STATE_DIR = derived("state_dir", PATH, c -> c.instance().stateDir(),
            "What survives a reboot: the host's identity, images of guests' state.");
    public static final ConfigKey<Path> RUN_DIR = derived("run_dir", PATH, c -> c.instance().runDir(),
            "What belongs to running guests. Keep it short: the paths of Unix sockets end at 107 bytes.");
    public static final ConfigKey<Path> CONFIG_DIR = derived("config_dir", PATH,
            c -> c.says(ConfigKeys.STATE_DIR) ? c.get(ConfigKeys.STATE_DIR).resolve("config") : c.instance().configDir(),
            "The definitions of guests. Where only state_dir is given, its subfolder \"config\".");
    public static final ConfigKey<Path> LOG_DIR = derived("log_dir", PATH,
            c -> c.says(ConfigKeys.STATE_DIR) ? c.get(ConfigKeys.STATE_DIR).resolve("log") : c.instance().logDir(),
            "One log a guest. Where only state_dir is given, its subfolder \"log\".");

    // What it says

    public static final ConfigKey<Integer> LOG_LEVEL = key("log_level", number(1, 4, "1 debug, 2 information, 3"
            + " warnings, 4 errors"), 2, "What is logged: this and whatever is graver.");
    public static final ConfigKey<Optional<Path>> LOG_FILE = key("log_file", optional(PATH), Optional.empty(),
            "A file for the daemon's log. Standard error when not given.");

    private ConfigKeys() {}

    /** All keys, in the order of this page. */
    public static List<ConfigKey<?>> all() {
        return Collections.unmodifiableList(ALL);
    }

    /** The keys that only drivers understand. */
    public static List<ConfigKey<?>> forDrivers() {
        return List.of(SHARED_FILESYSTEMS, QEMU_EMULATOR, VNC_LISTEN, VNC_PORT_MIN, VNC_PORT_MAX,
                MIGRATION_CONNECT_TIMEOUT,
                MIGRATE_TLS_FORCE, MIGRATE_TLS_X509_CERT_DIR, MIGRATE_TLS_X509_VERIFY, MIGRATE_TLS_X509_PASSWORD_FILE,
                MIGRATE_TLS_X509_SECRET_UUID, DEFAULT_TLS_X509_CERT_DIR, DEFAULT_TLS_X509_VERIFY,
                DEFAULT_TLS_X509_SECRET_UUID);
    }

    private static <T> ConfigKey<T> key(String name, ConfigType<T> type, T byDefault, String about) {
        return derived(name, type, _ -> byDefault, about);
    }

    private static <T> ConfigKey<T> derived(
            String name, ConfigType<T> type, Function<DaemonConfig, T> byDefault, String about) {
        ConfigKey<T> key = new ConfigKey<>(name, type, byDefault, about);
        ALL.add(key);
        return key;
    }
}

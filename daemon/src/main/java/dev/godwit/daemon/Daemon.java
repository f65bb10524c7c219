package dev.godwit.daemon;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.config.ConfigException;
import dev.godwit.daemon.access.AccessPolicy;
import dev.godwit.daemon.access.Audit;
import dev.godwit.daemon.access.AuthRules;
import dev.godwit.daemon.access.SaslService;
import dev.godwit.daemon.config.ConfigKey;
import dev.godwit.daemon.config.ConfigKeys;
import dev.godwit.daemon.config.DaemonConfig;
import dev.godwit.daemon.config.DriverOptions;
import dev.godwit.daemon.event.EventHub;
import dev.godwit.daemon.handlers.AdminHandlers;
import dev.godwit.daemon.handlers.AllHandlers;
import dev.godwit.daemon.host.Daily;
import dev.godwit.daemon.host.HostName;
import dev.godwit.daemon.host.HostUuid;
import dev.godwit.daemon.host.StateLock;
import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.daemon.hypervisor.Hypervisors;
import dev.godwit.daemon.net.Admission;
import dev.godwit.daemon.net.ConnectionLimits;
import dev.godwit.daemon.net.Listener;
import dev.godwit.daemon.net.PeerRule;
import dev.godwit.daemon.net.Server;
import dev.godwit.daemon.net.TcpListener;
import dev.godwit.daemon.net.TlsListener;
import dev.godwit.daemon.net.UnixListener;
import dev.godwit.daemon.peer.AskUris;
import dev.godwit.daemon.peer.PeerMigrations;
import dev.godwit.daemon.peer.PeerQuestions;
import dev.godwit.daemon.rpc.Dispatcher;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.Ports;
import dev.godwit.daemon.rpc.TunnelKeys;
import dev.godwit.daemon.tls.ServerCertificates;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.DestinationQuestion;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Waiting;
import dev.godwit.journal.JournalFiles;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A daemon that runs: built from a configuration, in this order: folders and lock, identity, hypervisors (which find
 * their running guests again), listeners, autostart.
 *
 * <p>Closing it leaves guests running.
 */
public final class Daemon implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Daemon.class.getName());
    private static final String SOCKET = "libvirt-sock";
    private static final String READ_ONLY_SOCKET = "libvirt-sock-ro";
    private static final String ADMIN_SOCKET = "libvirt-admin-sock";
    private static final int ADMIN_CLIENTS = 20;
    private static final Path GROUPS = Path.of("/etc/group");

    private final DaemonConfig config;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final String kernelName;
    private final HostIdentity identity;
    private final Optional<ServerCertificates> certificates;
    private volatile AccessPolicy policy;
    private final Hypervisors hypervisors;
    private final EventHub events;
    private final Server server;

    /**
     * Starts a daemon.
     *
     * @param config  how
     * @param drivers the hypervisors there could be, each once
     * @param clock   wall-clock time
     * @param version the daemon's version, 1000000 × major + 1000 × minor + micro
     * @return the daemon, taking connections
     * @throws IOException   if a folder, a socket or the identity cannot be had
     * @throws VirtException if a hypervisor cannot be opened
     */
    public static Daemon start(
            DaemonConfig config, List<HypervisorDriver> drivers, InstantSource clock, long version)
            throws IOException {
        return new Daemon(config, drivers, clock, version);
    }

    private Daemon(DaemonConfig config, List<HypervisorDriver> drivers, InstantSource clock, long version)
            throws IOException {
        this.config = config;
        boolean started = false;
        try {
            makeFolders();
            open.push(StateLock.on(config.get(ConfigKeys.STATE_DIR)));
            kernelName = HostName.ofKernel();
            identity = identity(kernelName);
            certificates = config.get(ConfigKeys.LISTEN_TLS)
                    ? Optional.of(ServerCertificates.load(config, clock)) : Optional.empty();
            policy = readPolicy();
            hypervisors = opened(new Hypervisors(hypervisors(drivers, clock), config.instance().privileged()));
            events = opened(new EventHub(hypervisors.all()));
            AuthRules rules = AuthRules.of(config);
            SecureRandom random = new SecureRandom();
            SaslService sasl = SaslService.of(config, !rules.equals(AuthRules.NONE), random);
            Handlers handlers = AllHandlers.of(hypervisors, events,
                    new PeerMigrations(() -> hostName(kernelName), this::openPeer),
                    identity, () -> hostName(kernelName), version, sasl,
                    new TunnelKeys(random, config.get(ConfigKeys.MIGRATION_TUNNEL_CONNECTION)));
            Ports ports = Ports.real();
            opened(ports.timer());
            server = opened(new Server(listeners(), new Admission(config.get(ConfigKeys.MAX_CLIENTS),
                    config.get(ConfigKeys.MAX_ANONYMOUS_CLIENTS)), rules, new Dispatcher(handlers, () -> policy, new Audit()),
                    new ConnectionLimits(config.get(ConfigKeys.MAX_CLIENT_REQUESTS),
                            config.get(ConfigKeys.KEEPALIVE_INTERVAL), config.get(ConfigKeys.KEEPALIVE_COUNT)),
                    ports));
            Server admin = opened(new Server(List.of(UnixListener.on(
                    config.get(ConfigKeys.UNIX_SOCK_DIR).resolve(ADMIN_SOCKET), false, 0700, Optional.empty(),
                    PeerRule.ownersAnd(System.getProperty("user.name"), Optional.empty(), GROUPS), ADMIN_CLIENTS)),
                    new Admission(ADMIN_CLIENTS, ADMIN_CLIENTS), AuthRules.NONE,
                    new Dispatcher(AdminHandlers.of(version, this::reload)), new ConnectionLimits(1, -1, 0),
                    ports));
            server.start();
            admin.start();
            certificates.ifPresent(c -> opened(Daily.start("certificates", c::warn)));
            started = true;
        } finally {
            if (!started) {
                closeAll();
            }
        }
        for (Hypervisor hypervisor : hypervisors.all()) {
            autostart(hypervisor);
        }
    }

    /** A connection to a destination that this daemon drives, with its own credentials. */
    private Connection openPeer(ConnectUri uri) {
        int interval = config.get(ConfigKeys.KEEPALIVE_INTERVAL);
        return Connection.open(uri, new ConnectOptions(
                false, Duration.ofSeconds(Math.max(0, interval)), config.get(ConfigKeys.KEEPALIVE_COUNT)));
    }

    private <T extends AutoCloseable> T opened(T part) {
        open.push(part);
        return part;
    }

    private void makeFolders() throws IOException {
        // Definitions may hold passwords, and whoever can write to these folders rules the guests.
        for (ConfigKey<Path> key : List.of(ConfigKeys.STATE_DIR, ConfigKeys.CONFIG_DIR, ConfigKeys.LOG_DIR)) {
            makeFolder(key, "rwx------");
        }
        makeFolder(ConfigKeys.RUN_DIR, "rwxr-xr-x");
        makeFolder(ConfigKeys.UNIX_SOCK_DIR, "rwxr-xr-x");
    }

    private void makeFolder(ConfigKey<Path> key, String permissions) throws IOException {
        Path folder = config.get(key);
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder.getParent());
                Files.createDirectory(folder,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
            }
        } catch (IOException e) {
            throw new IOException("The folder " + folder + " (" + key + ") cannot be made: " + reason(e), e);
        }
        if (!Files.isWritable(folder)) {
            throw new IOException("The folder " + folder + " (" + key + ") cannot be written to by "
                    + System.getProperty("user.name"));
        }
    }

    private HostIdentity identity(String kernelName) throws IOException {
        Optional<UUID> configured = config.get(ConfigKeys.HOST_UUID);
        UUID uuid = configured.isPresent() ? configured.get()
                : HostUuid.keptIn(config.get(ConfigKeys.STATE_DIR), UUID::randomUUID);
        return new HostIdentity(HostName.qualified(kernelName), uuid);
    }

    /** The host's name now: the one of the start, unless it was changed since. */
    private String hostName(String atStart) {
        try {
            String now = HostName.ofKernel();
            return now.equals(atStart) ? identity.name() : HostName.qualified(now);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The kernel does not tell the host's name: " + e.getMessage());
            return identity.name();
        }
    }

    private List<Hypervisor> hypervisors(List<HypervisorDriver> drivers, InstantSource clock) throws IOException {
        Map<String, HypervisorDriver> byScheme = new HashMap<>();
        drivers.forEach(driver -> byScheme.put(driver.scheme(), driver));
        List<Hypervisor> found = new ArrayList<>();
        boolean complete = false;
        try {
            openInto(found, byScheme, clock);
            complete = true;
            return found;
        } finally {
            if (!complete) {
                found.forEach(hypervisor -> hypervisor.session().close());
            }
        }
    }

    private void openInto(List<Hypervisor> found, Map<String, HypervisorDriver> byScheme, InstantSource clock)
            throws IOException {
        for (String scheme : config.get(ConfigKeys.DRIVERS)) {
            HypervisorDriver driver = byScheme.get(scheme);
            if (driver != null) {
                found.add(new Hypervisor(scheme, driver.open(setting(scheme, clock))));
            } else if (config.says(ConfigKeys.DRIVERS)) {
                throw new IOException("There is no driver \"" + scheme + "\" here, which 'drivers' names; there are "
                        + byScheme.keySet().stream().sorted().toList());
            }
        }
        if (found.isEmpty()) {
            throw new IOException("There is no driver here for any hypervisor");
        }
    }

    private HostSetting setting(String scheme, InstantSource clock) throws IOException {
        Path journal = folder(ConfigKeys.STATE_DIR, scheme).resolve("migrations.journal");
        return new HostSetting(identity, config.instance().privileged(),
                folder(ConfigKeys.CONFIG_DIR, scheme), folder(ConfigKeys.STATE_DIR, scheme),
                folder(ConfigKeys.RUN_DIR, scheme), folder(ConfigKeys.LOG_DIR, scheme),
                new MigrationSettings(config.get(ConfigKeys.MIGRATION_HOST), config.get(ConfigKeys.MIGRATION_ADDRESS),
                        config.get(ConfigKeys.MIGRATION_PORT_MIN), config.get(ConfigKeys.MIGRATION_PORT_MAX),
                        config.get(ConfigKeys.MIGRATION_TRANSIENT_DROPS_CONFIG)),
                DriverOptions.of(config), clock, new SecureRandom(), Waiting.REAL,
                () -> new JournalFiles(journal, config.get(ConfigKeys.MIGRATION_JOURNAL_SYNC)),
                new PeerAccess(() -> reachableAt(scheme), questions()));
    }

    /** Each hypervisor has a folder of its own in each of the daemon's. */
    private Path folder(ConfigKey<Path> key, String scheme) throws IOException {
        Path folder = config.get(key).resolve(scheme);
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return folder;
    }

    private AccessPolicy readPolicy() throws IOException {
        Optional<Path> file = config.get(ConfigKeys.ACCESS_POLICY_FILE);
        try {
            return file.isEmpty() ? AccessPolicy.EVERYTHING : AccessPolicy.load(file.get(), GROUPS);
        } catch (ConfigException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private List<Listener> listeners() throws IOException {
        List<Listener> listeners = new ArrayList<>();
        boolean complete = false;
        try {
            Path folder = config.get(ConfigKeys.UNIX_SOCK_DIR);
            int backlog = config.get(ConfigKeys.MAX_QUEUED_CLIENTS);
            Optional<String> group = config.get(ConfigKeys.UNIX_SOCK_GROUP);
            listeners.add(UnixListener.on(folder.resolve(SOCKET), false, config.get(ConfigKeys.UNIX_SOCK_RW_PERMS),
                    group, readWriteRule(group), backlog));
            if (config.instance().privileged()) {
                listeners.add(UnixListener.on(folder.resolve(READ_ONLY_SOCKET), true,
                        config.get(ConfigKeys.UNIX_SOCK_RO_PERMS), group, PeerRule.EVERYBODY, backlog));
            }
            if (config.get(ConfigKeys.LISTEN_TCP)) {
                warnOfPlainTcp();
                listeners.add(TcpListener.on(
                        config.get(ConfigKeys.LISTEN_ADDR), config.get(ConfigKeys.TCP_PORT), "tcp_port", backlog));
            }
            if (certificates.isPresent()) {
                listeners.add(new TlsListener(TcpListener.on(config.get(ConfigKeys.LISTEN_ADDR),
                        config.get(ConfigKeys.TLS_PORT), "tls_port", backlog), certificates.get()::rule,
                        TlsListener.PATIENCE));
            }
            complete = true;
            return listeners;
        } finally {
            if (!complete) {
                listeners.forEach(Listener::close);
            }
        }
    }

    private void warnOfPlainTcp() {
        if (config.get(ConfigKeys.AUTH_TCP).equals("none")) {
            LOG.log(System.Logger.Level.WARNING, "listen_tcp = 1 with auth_tcp = \"none\": whoever reaches port "
                    + config.get(ConfigKeys.TCP_PORT) + " on " + config.get(ConfigKeys.LISTEN_ADDR)
                    + " rules the guests, and whoever is on the way reads along. Use it on trusted networks only.");
        }
    }

    /** A mode that lets everybody write was written into the file by somebody who wanted that. */
    private PeerRule readWriteRule(Optional<String> group) {
        boolean forAll = (config.get(ConfigKeys.UNIX_SOCK_RW_PERMS) & 0002) != 0;
        return forAll ? PeerRule.EVERYBODY : PeerRule.ownersAnd(System.getProperty("user.name"), group, GROUPS);
    }

    private static void autostart(Hypervisor hypervisor) {
        try {
            hypervisor.session().autostart();
        } catch (VirtException e) {
            LOG.log(System.Logger.Level.WARNING, "Guests of " + hypervisor.scheme()
                    + " marked for autostart could not all be started: " + e.getMessage());
        }
    }

    /** Who this host is. */
    public HostIdentity identity() {
        return identity;
    }

    /**
     * Reads the certificates for TLS and the access policy again, and nothing else of the configuration. The names of
     * the files stay those of the start. A new policy is for every call from now on, also on connections that exist.
     *
     * @throws IOException   if a file cannot be used; all that was in force stays so
     * @throws VirtException if it neither listens on TLS nor has a policy
     */
    public synchronized void reload() throws IOException {
        Optional<Path> file = config.get(ConfigKeys.ACCESS_POLICY_FILE);
        if (certificates.isEmpty() && file.isEmpty()) {
            throw AdminHandlers.noTls();
        }
        AccessPolicy next = readPolicy();
        if (certificates.isPresent()) {
            certificates.get().reload();
        }
        policy = next;
        file.ifPresent(read -> LOG.log(System.Logger.Level.INFO, "The access policy has been read again: " + read));
    }

    /** Where it listens, Unix sockets first. */
    public List<SocketAddress> addresses() {
        return server.listeners().stream().map(Listener::address).toList();
    }

    /**
     * The connection URIs by which other hosts can ask this one about migrations, the best one first.
     *
     * @param scheme the hypervisor's
     * @return empty where it listens on no network and nobody has said how else it is reached
     */
    public List<String> reachableAt(String scheme) {
        if (config.says(ConfigKeys.MIGRATION_ASK_URIS)) {
            return AskUris.configured(scheme, identity.uuid(), config.get(ConfigKeys.MIGRATION_ASK_URIS));
        }
        return AskUris.of(scheme, config.instance().privileged(), hostName(kernelName), identity.uuid(),
                new AskUris.Network(config.get(ConfigKeys.LISTEN_ADDR), port(TlsListener.class), port(TcpListener.class),
                        config.get(ConfigKeys.MIGRATION_HOST)));
    }

    private OptionalInt port(Class<? extends Listener> kind) {
        return server.listeners().stream().filter(kind::isInstance).map(Listener::address)
                .filter(InetSocketAddress.class::isInstance)
                .mapToInt(address -> ((InetSocketAddress) address).getPort()).findFirst();
    }

    /** How this host asks others about guests that it has sent to them. */
    public DestinationQuestion questions() {
        return new PeerQuestions(() -> hostName(kernelName), this::openPeer, Waiting.REAL, PeerQuestions.PATIENCE);
    }

    /** How many clients are connected. */
    public int connectionCount() {
        return server.connectionCount();
    }

    /** How many event registrations there are. */
    public int eventRegistrationCount() {
        return events.count();
    }

    /** Its hypervisors. */
    public Hypervisors hypervisors() {
        return hypervisors;
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.AccessDeniedException _ -> "permission denied";
            case java.nio.file.FileAlreadyExistsException _ -> "there is something else of that name";
            default -> e.getMessage();
        };
    }

    /** Takes no more calls and lets go of the guests, which run on. */
    @Override
    public void close() {
        closeAll();
    }

    private void closeAll() {
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) { // all others have to be closed nevertheless
                LOG.log(System.Logger.Level.WARNING, "While godwitd ended: " + e.getMessage(), e);
            }
        }
    }
}

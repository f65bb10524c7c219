package dev.godwit.daemon.net;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Listens on a Unix socket and asks the kernel who its clients are. */
public final class UnixListener implements Listener {

    private static final System.Logger LOG = System.getLogger(UnixListener.class.getName());
    private static final int LONGEST_PATH = 107;

    private final ServerSocketChannel server;
    private final Path path;
    private final boolean readOnly;
    private final PeerRule rule;

    private UnixListener(ServerSocketChannel server, Path path, boolean readOnly, PeerRule rule) {
        this.server = server;
        this.path = path;
        this.readOnly = readOnly;
        this.rule = rule;
    }

    /**
     * Begins to listen.
     *
     * @param path     where; a socket there that nobody answers is replaced
     * @param readOnly whether its clients may only read
     * @param mode     the socket's file mode
     * @param group    the socket's group
     * @param rule     who is let in
     * @param backlog  how many may wait to be accepted
     * @return the listener
     * @throws IOException naming the path
     */
    public static UnixListener on(
            Path path, boolean readOnly, int mode, Optional<String> group, PeerRule rule, int backlog)
            throws IOException {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_PATH) {
            throw new IOException("The path " + path + " is longer than the " + LONGEST_PATH
                    + " bytes a Unix socket's may be. Set unix_sock_dir to a shorter one.");
        }
        removeStale(path);
        // Bound in a folder of our own and moved when its mode is right: never open to the wrong people. A daemon that is killed in
        // between leaves the folder to the next one, so its name is always the same; and short, because it counts in the path's length.
        Path closet = path.resolveSibling(".s");
        Path hidden = closet.resolve("s");
        Files.deleteIfExists(hidden);
        Files.deleteIfExists(closet);
        Files.createDirectory(closet, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(hidden), backlog);
            if (group.isPresent()) {
                Files.getFileAttributeView(hidden, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .setGroup(group(group.get()));
            }
            Files.setPosixFilePermissions(hidden, permissions(mode));
            Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
            return new UnixListener(server, path, readOnly, rule);
        } catch (IOException e) {
            server.close();
            throw new IOException("Cannot listen on " + path + ": " + e.getMessage(), e);
        } finally {
            Files.deleteIfExists(hidden);
            Files.deleteIfExists(closet);
        }
    }

    private static void removeStale(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .isOther()) {
            throw new IOException(path + " is there and is no socket. Remove it, or set unix_sock_dir.");
        }
        if (answers(path)) {
            throw new IOException("Another daemon listens on " + path + ". Stop it, or set unix_sock_dir.");
        }
        Files.delete(path);
    }

    private static boolean answers(Path path) {
        try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            return probe.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    private static GroupPrincipal group(String name) throws IOException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByGroupName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException("there is no group '" + name + "'; set unix_sock_group to one there is", e);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] all = PosixFilePermission.values(); // from the owner's read bit down
        for (int i = 0; i < all.length; i++) {
            if ((mode & (0400 >> i)) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }

    @Override
    public Knock accept() throws IOException {
        SocketChannel client = server.accept();
        return new Knock() {
            @Override
            public Arrival arrive() {
                return new Arrival(client, door(client));
            }

            @Override
            public void close() throws IOException {
                client.close();
            }
        };
    }

    private Door door(SocketChannel client) {
        try {
            UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
            String user = peer.user().getName();
            String group = peer.group().getName();
            return new Door("unix user " + user, new Way.Unix(Optional.of(user), Optional.of(group)), readOnly,
                    rule.refusal(user, group));
        } catch (IOException e) {
            return new Door("unix client", new Way.Unix(Optional.empty(), Optional.empty()), readOnly,
                    Optional.of("the kernel does not tell who the client is"));
        }
    }

    @Override
    public SocketAddress address() {
        return UnixDomainSocketAddress.of(path);
    }

    @Override
    public boolean isOpen() {
        return server.isOpen();
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The socket " + path + " could not be removed: " + e.getMessage());
        }
    }
}

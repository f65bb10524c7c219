package dev.godwit.daemon.peer;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.migration.MigrationEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/**
 * The connection URIs by which other hosts ask this one about migrations, which travel in a {@link MigrationTicket}.
 *
 * <p>Each says which host is meant, in a parameter that no client acts on and every daemon accepts: names change their
 * meaning, and a wrong host that says "never heard of it" would let a second copy run.
 */
public final class AskUris {

    /** What the other host's journal takes. */
    private static final int MOST = Math.min(MigrationTicket.MOST_URIS, MigrationEntry.ASK_LIMIT);

    private static final List<String> WILDCARDS = List.of("::", "0.0.0.0", "*");

    private AskUris() {}

    /**
     * Where a daemon listens on the network.
     *
     * @param address   {@code listen_addr}
     * @param tls       the port for TLS, where it listens on one
     * @param tcp       the port for TCP, where it listens on one
     * @param published {@code migration_host}
     */
    public record Network(String address, OptionalInt tls, OptionalInt tcp, Optional<String> published) {}

    /**
     * The URIs of a daemon by where it listens: by TLS first, then by TCP.
     *
     * @param scheme     the hypervisor's
     * @param privileged whether it is the {@code system} instance
     * @param hostName   what the host is called
     * @param host       who it is
     * @param network    where it listens
     * @return the best first; empty where it listens on no network, or only under a name that means something else elsewhere
     */
    public static List<String> of(String scheme, boolean privileged, String hostName, UUID host, Network network) {
        List<ConnectUri> uris = new ArrayList<>();
        for (String name : names(hostName, network)) {
            network.tls().ifPresent(port -> uris.add(uri(scheme, privileged, ConnectUri.Transport.TLS, name, port, 16514)));
        }
        for (String name : names(hostName, network)) {
            network.tcp().ifPresent(port -> uris.add(uri(scheme, privileged, ConnectUri.Transport.TCP, name, port, 16509)));
        }
        return uris.stream().map(uri -> uri.meaning(host).toString()).limit(MOST).toList();
    }

    /**
     * The URIs of a daemon as its administrator has written them.
     *
     * @param scheme     the hypervisor's
     * @param host       who the host is
     * @param configured {@code migration_ask_uris}
     * @return those of the hypervisor, in their order
     */
    public static List<String> configured(String scheme, UUID host, List<String> configured) {
        return configured.stream().map(ConnectUri::parse).filter(uri -> uri.driver().equals(scheme))
                .map(uri -> uri.meaning(host).toString()).limit(MOST).toList();
    }

    /**
     * The host that a URI says is meant.
     *
     * @param uri as {@link #of} and {@link #configured} make them, or any other
     */
    static Optional<UUID> hostIn(ConnectUri uri) {
        try {
            return uri.parameter(ConnectUri.HOST_UUID).map(UUID::fromString);
        } catch (IllegalArgumentException e) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                    ConnectUri.HOST_UUID + " in " + uri + " is no UUID: " + uri.parameter(ConnectUri.HOST_UUID).orElse(""));
        }
    }

    /** What others may call this host. A name that is bound to one address may be found under either. */
    private static List<String> names(String hostName, Network network) {
        if (network.published().isPresent()) {
            return List.of(network.published().get());
        }
        boolean everywhere = WILDCARDS.contains(network.address());
        boolean loopback = network.address().startsWith("127.") || network.address().equals("::1");
        List<String> names = new ArrayList<>();
        if (!loopback && !hostName.startsWith("localhost")) {
            names.add(hostName);
        }
        if (!everywhere && !names.contains(network.address()) && !network.address().startsWith("localhost")) {
            names.add(network.address());
        }
        return names;
    }

    private static ConnectUri uri(String scheme, boolean privileged, ConnectUri.Transport transport, String name, int port,
            int usual) {
        String path = scheme.equals("test") ? "/default" : privileged ? "/system" : "/session";
        return new ConnectUri(scheme, Optional.of(transport), Optional.empty(), Optional.of(unbracketed(name)),
                port == usual ? OptionalInt.empty() : OptionalInt.of(port), path, List.of(), Optional.empty());
    }

    private static String unbracketed(String name) {
        return name.startsWith("[") && name.endsWith("]") ? name.substring(1, name.length() - 1) : name;
    }
}

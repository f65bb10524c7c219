package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hypervisor-specific migration URI: where a receiver waits. Both spellings of TCP are taken, and a
 * user's spelling is kept in what is answered:
 *
 * <pre>
 *   asked                         listens on          answered
 *   nothing                       a free port         tcp:HOST:PORT
 *   tcp://n   tcp:n               a free port         tcp://n:PORT   tcp:n:PORT
 *   tcp://n/  tcp://n?x=1         a free port         tcp://n:PORT/  tcp://n:PORT?x=1
 *   tcp://n:50000  tcp:n:50000    port 50000          nothing: it stays as it is
 *   unix:///path                  that socket         nothing
 * </pre>
 */
sealed interface QemuMigrationUri {

    /**
     * Over TCP.
     *
     * @param prefix {@code tcp:} or {@code tcp://}
     * @param host   a name or an address; IPv6 in brackets
     * @param port   the port; empty when the destination chooses
     * @param rest   what follows: a path, a query
     */
    record Tcp(String prefix, String host, Optional<Integer> port, String rest) implements QemuMigrationUri {

        /**
         * The port, at a source.
         *
         * @throws VirtException 8 where there is none
         */
        int requiredPort() {
            return port.orElseThrow(() -> invalid("missing port in migration URI: " + prefix + host));
        }

        /** The URI with a port that the destination chose. */
        String answered(int chosen) {
            return prefix + host + ":" + chosen + rest;
        }
    }

    /**
     * Over a Unix socket, which both hosts see.
     *
     * @param path absolute path of the socket
     */
    record Unix(String path) implements QemuMigrationUri {}

    /** What {@code [host][:port][rest]} looks like after the prefix. */
    Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.%]*]|[^\\[\\]/?#:]*)(?::([0-9]*))?([/?#].*)?");

    /**
     * Reads a migration URI.
     *
     * @param uri as the user or the destination said it
     * @return the URI
     * @throws VirtException 74 for another scheme, 8 for one without a host or with a bad port
     */
    static QemuMigrationUri parse(String uri) {
        int colon = uri.indexOf(':');
        if (colon <= 0) {
            throw invalid("unable to parse URI: " + uri);
        }
        String scheme = uri.substring(0, colon);
        switch (scheme) {
            case "tcp" -> {
                return tcp(uri);
            }
            case "unix" -> {
                String path = uri.substring(colon + 1);
                path = path.startsWith("//") ? path.substring(2) : path;
                if (!path.startsWith("/")) {
                    throw invalid("missing path in migration URI: " + uri);
                }
                return new Unix(path);
            }
            case "rdma" -> throw unsupported("migration over RDMA is not supported by this release");
            default -> throw unsupported("unsupported scheme " + scheme + " in migration URI " + uri);
        }
    }

    private static Tcp tcp(String uri) {
        String prefix = uri.startsWith("tcp://") ? "tcp://" : "tcp:";
        Matcher parts = AUTHORITY.matcher(uri.substring(prefix.length()));
        if (!parts.matches()) {
            throw invalid("unable to parse URI: " + uri);
        }
        String host = parts.group(1);
        if (host.isEmpty() || host.equals("[]")) {
            throw invalid("missing host in migration URI: " + uri);
        }
        return new Tcp(prefix, host, port(parts.group(2), uri), parts.group(3) == null ? "" : parts.group(3));
    }

    private static Optional<Integer> port(String digits, String uri) {
        if (digits == null || digits.isEmpty()) {
            return Optional.empty();
        }
        if (digits.length() > 5 || Integer.parseInt(digits) > 65535) {
            throw invalid("invalid port in migration URI: " + uri);
        }
        int port = Integer.parseInt(digits);
        return port == 0 ? Optional.empty() : Optional.of(port);
    }

    /**
     * An address or name as people and resolvers write it.
     *
     * @param host a name or an address, IPv6 with or without brackets
     * @return without brackets
     */
    static String withoutBrackets(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /**
     * An address or name as it stands in a URI.
     *
     * @param host a name or an address, IPv6 with or without brackets
     * @return IPv6 in brackets, everything else as it is
     */
    static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    private static VirtException invalid(String what) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.QEMU, what);
    }

    private static VirtException unsupported(String what) {
        return new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.QEMU, what);
    }
}

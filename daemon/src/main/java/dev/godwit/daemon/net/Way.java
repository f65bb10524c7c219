package dev.godwit.daemon.net;

import dev.godwit.daemon.access.Identity;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/** The way by which a client came, with what it proves about the client. */
public sealed interface Way {

    /** Who the client is, as far as the way proves it. */
    default Identity identity() {
        return switch (this) {
            case Unix(var user, var group) -> Identity.local(user, group);
            case Tcp(var address) -> Identity.overTcp(number(address));
            case Tls(var address, var name, _) -> Identity.overTls(number(address), name);
        };
    }

    /** An address without its port, and never looked up. */
    private static String number(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress() : String.valueOf(address);
    }

    /**
     * A Unix socket, whose kernel says who is at the other end.
     *
     * @param user  the name of the client's user; empty where the kernel does not tell
     * @param group the name of its group
     */
    record Unix(Optional<String> user, Optional<String> group) implements Way {}

    /**
     * TCP, which proves nothing.
     *
     * @param address the other end
     */
    record Tcp(SocketAddress address) implements Way {}

    /**
     * TLS, which proves that the client has the key of its certificate.
     *
     * @param address           the other end
     * @param distinguishedName the name in the client's certificate, in the form that {@code tls_allowed_dn_list} is
     *                          matched against; empty without a certificate, or where it was not verified
     * @param keyBits           the length of the cipher's key
     */
    record Tls(SocketAddress address, Optional<String> distinguishedName, int keyBits) implements Way {}
}

package dev.godwit.daemon.access;

import java.util.Optional;

/**
 * Who a client is: what the way it came proves, and the name it has logged in with.
 *
 * @param transport         the way it came
 * @param user              on a Unix socket: the name of its user, by the kernel's word
 * @param group             on a Unix socket: the name of its group
 * @param address           on a network: the address it comes from, without the port
 * @param distinguishedName on TLS: the name in its certificate, where that was verified
 * @param saslUser          the name it has logged in with, once it has
 */
public record Identity(Transport transport, Optional<String> user, Optional<String> group, Optional<String> address,
        Optional<String> distinguishedName, Optional<String> saslUser) {

    /** The ways to come. */
    public enum Transport {
        /** A Unix socket. */
        UNIX,
        /** TCP without TLS. */
        TCP,
        /** TLS. */
        TLS
    }

    /**
     * A client of this machine.
     *
     * @param user  the name of its user; empty where the kernel does not tell
     * @param group the name of its group
     */
    public static Identity local(Optional<String> user, Optional<String> group) {
        return new Identity(Transport.UNIX, user, group, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** A client that came by TCP, which proves nothing. */
    public static Identity overTcp(String address) {
        return new Identity(Transport.TCP, Optional.empty(), Optional.empty(), Optional.of(address), Optional.empty(),
                Optional.empty());
    }

    /**
     * A client that came by TLS.
     *
     * @param address           where from
     * @param distinguishedName the name in its certificate, where that was verified
     */
    public static Identity overTls(String address, Optional<String> distinguishedName) {
        return new Identity(Transport.TLS, Optional.empty(), Optional.empty(), Optional.of(address), distinguishedName,
                Optional.empty());
    }

    /** The same client, having logged in. */
    public Identity loggedInAs(String name) {
        return new Identity(transport, user, group, address, distinguishedName, Optional.of(name));
    }

    /** Whether nobody on the way can read or change what it says, without any layer of SASL's. */
    public boolean isProtected() {
        return transport != Transport.TCP;
    }

    /** For logs: all that is known, in the words of the access policy. Texts of the client's own are quoted. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        saslUser.ifPresent(name -> text.append("sasl ").append(quoted(name)).append(' '));
        distinguishedName.ifPresent(name -> text.append("dn ").append(quoted(name)).append(' '));
        user.ifPresent(name -> text.append("user ").append(quoted(name)).append(' '));
        group.ifPresent(name -> text.append("group ").append(quoted(name)).append(' '));
        address.ifPresent(from -> text.append("address ").append(from).append(' '));
        return text.append("by ").append(transport.name().toLowerCase(java.util.Locale.ROOT)).toString();
    }

    /** A name that cannot pretend to be another part of a line, or another line. */
    static String quoted(String name) {
        StringBuilder text = new StringBuilder("\"");
        name.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                text.append('\\').appendCodePoint(c);
            } else if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                    || Character.getType(c) == Character.LINE_SEPARATOR) {
                text.append(String.format("\\u%04x", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.append('"').toString();
    }
}

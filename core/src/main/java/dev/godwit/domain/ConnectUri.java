package dev.godwit.domain;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a hypervisor is and how to reach it, as users write it:
 * {@code driver[+transport]://[user@][host][:port]/path[?query][#fragment]}.
 *
 * <p>Some query parameters are for the client alone (how to dial, which key). They are taken out of the
 * {@linkplain #remoteName() name} that goes to the host; all others stay in it, in their order.
 *
 * @param driver    the hypervisor: {@code qemu}, {@code test}; empty asks the host to choose
 * @param transport how to reach it, when the URI says so
 * @param user      whom to log in as (ssh)
 * @param host      where it is, an IPv6 literal without its brackets; empty for this machine
 * @param port      1 to 65535, when the URI says so
 * @param path      the instance: {@code /system}, {@code /session}; as written, may be empty
 * @param query     parameters in their order
 * @param fragment  what follows {@code #}, when there is one
 */
public record ConnectUri(
        String driver,
        Optional<Transport> transport,
        Optional<String> user,
        Optional<String> host,
        OptionalInt port,
        String path,
        List<Parameter> query,
        Optional<String> fragment) {

    /** Asks the host on this machine's default socket which hypervisor it has. */
    public static final ConnectUri ANY = new ConnectUri("", Optional.empty(), Optional.empty(), Optional.empty(),
            OptionalInt.empty(), "", List.of(), Optional.empty());

    /**
     * The parameter that says which host is meant, for whoever must not take another one's answer for its: names and addresses come to
     * mean other hosts. No client acts on it, and every daemon accepts it.
     */
    public static final String HOST_UUID = "hostuuid";

    /** How bytes get to a host. */
    public enum Transport {
        /** A Unix socket on this machine. */
        UNIX,
        /** TCP without encryption, port 16509. */
        TCP,
        /** TLS over TCP, port 16514. */
        TLS,
        /** Through the system's {@code ssh}. */
        SSH,
        /** ssh by the libssh2 library. */
        LIBSSH2,
        /** ssh by the libssh library. */
        LIBSSH,
        /** A program's standard input and output. */
        EXT;

        /** As written in a URI. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Transport> of(String word) {
            for (Transport transport : values()) {
                if (transport.word().equals(word)) {
                    return Optional.of(transport);
                }
            }
            return Optional.empty();
        }
    }

    /**
     * One query parameter.
     *
     * @param name  decoded
     * @param value decoded; empty where there was no {@code =}
     * @param raw   as written, escapes and all
     */
    public record Parameter(String name, String value, String raw) {}

    private static final Set<String> FOR_THE_CLIENT = Set.of("name", "command", "socket", "auth", "sshauth", "netcat",
            "keyfile", "pkipath", "known_hosts", "known_hosts_verify", "tls_priority", "mode", "proxy", "no_sanity",
            "no_verify", "no_tty", "authfile");

    private static final Set<Transport> FOR_OTHER_HOSTS = Set.of(
            Transport.TCP, Transport.TLS, Transport.SSH, Transport.LIBSSH, Transport.LIBSSH2);

    private static final Pattern SHAPE = Pattern.compile(
            "(?<driver>[A-Za-z][A-Za-z0-9.-]*)(?:\\+(?<transport>[^:/?#]*))?:"
                    + "(?://(?<authority>[^/?#]*))?(?<path>[^?#]*)(?:\\?(?<query>[^#]*))?(?:#(?<fragment>.*))?",
            Pattern.DOTALL);

    public ConnectUri {
        query = List.copyOf(query);
    }

    /**
     * Reads a URI.
     *
     * @param text as the user wrote it; empty is {@link #ANY}
     * @return the URI
     * @throws VirtException {@code INVALID_ARG}, saying what is wrong with it
     */
    public static ConnectUri parse(String text) {
        if (text.isEmpty()) {
            return ANY;
        }
        Matcher shape = SHAPE.matcher(text);
        if (text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
            throw invalid(text, "it contains white space or control characters");
        }
        if (!shape.matches()) {
            throw invalid(text, "write driver[+transport]://[user@][host][:port]/path, as in qemu+tcp://host/system");
        }
        Optional<Transport> transport = Optional.ofNullable(shape.group("transport"))
                .map(word -> Transport.of(word.toLowerCase(Locale.ROOT)).orElseThrow(() -> invalid(text,
                        "transport '" + word + "' is none of unix, tcp, tls, ssh, libssh, libssh2, ext")));
        if (shape.group("authority") == null && transport.filter(FOR_OTHER_HOSTS::contains).isPresent()) {
            throw invalid(text, "after the colon two slashes and the host are missing; write "
                    + withHost(shape.group("driver") + "+" + transport.get().word(), shape.group("path")));
        }
        Authority authority = Authority.parse(text, Optional.ofNullable(shape.group("authority")).orElse(""));
        if (transport.filter(Transport.UNIX::equals).isPresent() && authority.host.isPresent()) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI, "using unix socket and remote server '"
                    + authority.host.get() + "' is not supported.");
        }
        List<Parameter> query = new ArrayList<>();
        for (String raw : Optional.ofNullable(shape.group("query")).orElse("").split("[&;]")) {
            if (!raw.isEmpty()) {
                int equals = raw.indexOf('=');
                query.add(equals < 0
                        ? new Parameter(decode(text, raw), "", raw)
                        : new Parameter(decode(text, raw.substring(0, equals)),
                                decode(text, raw.substring(equals + 1)), raw));
            }
        }
        return new ConnectUri(shape.group("driver"), transport, authority.user, authority.host, authority.port,
                shape.group("path"), query, Optional.ofNullable(shape.group("fragment")));
    }

    /** What somebody meant who wrote one slash: {@code /desthost/system} begins with a host, {@code /system} does not. */
    private static String withHost(String scheme, String path) {
        String rest = path.startsWith("/") ? path.substring(1) : path;
        return scheme + "://" + (rest.indexOf('/') > 0 ? rest : "host/" + (rest.isEmpty() ? "system" : rest));
    }

    private record Authority(Optional<String> user, Optional<String> host, OptionalInt port) {

        static Authority parse(String text, String authority) {
            String rest = authority;
            Optional<String> user = Optional.empty();
            int at = rest.lastIndexOf('@');
            if (at >= 0) {
                user = Optional.of(decode(text, rest.substring(0, at)));
                rest = rest.substring(at + 1);
            }
            String host;
            String port = "";
            if (rest.startsWith("[")) {
                int end = rest.indexOf(']');
                if (end < 0 || end + 1 < rest.length() && rest.charAt(end + 1) != ':') {
                    throw invalid(text, "the IPv6 address has no closing bracket");
                }
                host = rest.substring(1, end);
                port = end + 1 < rest.length() ? rest.substring(end + 2) : "";
            } else {
                int colon = rest.indexOf(':');
                if (colon >= 0 && rest.indexOf(':', colon + 1) >= 0) {
                    throw invalid(text, "an IPv6 address needs brackets, as in qemu+tcp://[::1]/system");
                }
                host = decode(text, colon < 0 ? rest : rest.substring(0, colon));
                port = colon < 0 ? "" : rest.substring(colon + 1);
            }
            return new Authority(user, host.isEmpty() ? Optional.empty() : Optional.of(host), port(text, port));
        }

        private static OptionalInt port(String text, String digits) {
            if (digits.isEmpty()) {
                return OptionalInt.empty();
            }
            if (!digits.chars().allMatch(c -> c >= '0' && c <= '9') || digits.length() > 5
                    || Integer.parseInt(digits) < 1 || Integer.parseInt(digits) > 65535) {
                throw invalid(text, "port '" + digits + "' is not a number from 1 to 65535");
            }
            return OptionalInt.of(Integer.parseInt(digits));
        }
    }

    private static String decode(String text, String escaped) {
        if (escaped.indexOf('%') < 0) {
            return escaped;
        }
        try {
            return URLDecoder.decode(escaped.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid(text, "'" + escaped + "' has a broken % escape");
        }
    }

    private static VirtException invalid(String text, String why) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                "Unable to parse URI " + text + ": " + why);
    }

    /** How to reach the host: what the URI says, otherwise Unix for this machine and TLS for others. */
    public Transport effectiveTransport() {
        return transport.orElse(host.isPresent() ? Transport.TLS : Transport.UNIX);
    }

    /**
     * The value of a parameter; of several, the last. Names are the same in capitals and small letters.
     *
     * @param name the parameter
     * @return empty where it is not given
     */
    public Optional<String> parameter(String name) {
        return query.stream().filter(p -> p.name().equalsIgnoreCase(name)).map(Parameter::value)
                .reduce((_, last) -> last);
    }

    /**
     * Whether a parameter is set, such as {@code no_verify=1}.
     *
     * @param name the parameter
     * @return false where it is not given or 0
     * @throws VirtException {@code INVALID_ARG} where its value is no whole number
     */
    public boolean flag(String name) {
        return parameter(name).map(value -> {
            try {
                return Integer.parseInt(value) != 0;
            } catch (NumberFormatException e) {
                throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                        "Failed to parse value of URI component " + name + ": '" + value + "' is neither 0 nor 1");
            }
        }).orElse(false);
    }

    /** Whether this asks the host to choose the hypervisor. */
    public boolean isAny() {
        return driver.isEmpty() || driver.equals("remote");
    }

    /**
     * The name to open at the host (remote protocol, procedure 1): without transport, user, host, port
     * and the parameters that are for the client. Empty asks the host to choose.
     *
     * @return the name
     */
    public String remoteName() {
        return parameter("name").orElseGet(() -> isAny() ? "" : localForm(Set.of()));
    }

    /**
     * This URI as it reads on its host itself: as {@link #remoteName()}, with some of the client's parameters kept.
     *
     * @param kept the names of parameters that stay, although they are for a client
     * @return the URI, with a driver
     */
    public String localForm(Set<String> kept) {
        StringBuilder text = new StringBuilder(driver).append("://").append(path);
        char separator = '?';
        for (Parameter parameter : query) {
            String key = parameter.name().toLowerCase(Locale.ROOT);
            if (!FOR_THE_CLIENT.contains(key) || kept.contains(key)) {
                text.append(separator).append(parameter.raw());
                separator = '&';
            }
        }
        fragment.ifPresent(f -> text.append('#').append(f));
        return text.toString();
    }

    /**
     * The same URI, saying which host is meant by it ({@link #HOST_UUID}).
     *
     * @param meant the host's UUID, as in its capabilities; in place of what the URI said before
     */
    public ConnectUri meaning(UUID meant) {
        List<Parameter> parameters = new ArrayList<>(query);
        parameters.removeIf(parameter -> parameter.name().equalsIgnoreCase(HOST_UUID));
        parameters.add(new Parameter(HOST_UUID, meant.toString(), HOST_UUID + "=" + meant));
        return new ConnectUri(driver, transport, user, host, port, path, parameters, fragment);
    }

    /** The URI as text, with the parts in canonical order; parsing it gives an equal value. */
    @Override
    public String toString() {
        if (driver.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder(driver);
        transport.ifPresent(t -> text.append('+').append(t.word()));
        text.append("://");
        user.ifPresent(u -> text.append(u.replace("%", "%25")).append('@'));
        host.ifPresent(h -> text.append(h.indexOf(':') < 0 ? h : "[" + h + "]"));
        port.ifPresent(p -> text.append(':').append(p));
        text.append(path);
        char separator = '?';
        for (Parameter parameter : query) {
            text.append(separator).append(parameter.raw());
            separator = '&';
        }
        fragment.ifPresent(f -> text.append('#').append(f));
        return text.toString();
    }
}

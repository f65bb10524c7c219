package dev.godwit.client;

import dev.godwit.client.dial.SshDialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What ssh runs at the far end: a program that joins its standard input and output to the daemon's socket there.
 *
 * <p>Tried in turn are {@code godwit-ssh-helper}, {@code virt-ssh-helper} and {@code nc}. The first two find the socket
 * by themselves; for {@code nc} the sockets that could be there are tried in the order of {@link LocalSockets}.
 */
enum SshProxy {
    /** One of the two programs that find the socket by themselves, otherwise {@code nc}. */
    AUTO,
    /** {@code nc}. */
    NETCAT,
    /** One of the two programs that find the socket by themselves. */
    NATIVE;

    private static final String PLAIN = "[A-Za-z0-9_./:=@%+,-]+";

    /** The way to a host that a URI with one of the ssh transports means. */
    static SshDialer dialer(ConnectUri uri, boolean readOnly) {
        return new SshDialer(uri.host().orElse("localhost"), uri.port(), uri.user(),
                new SshDialer.Options(uri.parameter("command").orElse("ssh"), uri.parameter("keyfile"),
                        uri.flag("no_tty"), hostKeys(uri), uri.parameter("known_hosts"), authentication(uri)),
                command(uri, readOnly));
    }

    private static SshDialer.HostKeys hostKeys(ConnectUri uri) {
        if (uri.flag("no_verify")) {
            return SshDialer.HostKeys.ANY;
        }
        return uri.parameter("known_hosts_verify").map(word -> switch (word) {
            case "normal" -> SshDialer.HostKeys.CONFIGURED;
            case "auto" -> SshDialer.HostKeys.ACCEPT_NEW;
            case "ignore" -> SshDialer.HostKeys.ANY;
            default -> throw invalid("known_hosts_verify '" + word + "' is none of normal, auto, ignore");
        }).orElse(SshDialer.HostKeys.CONFIGURED);
    }

    /** From the words of libvirt's URIs to ssh's; an agent and a private key are one method to ssh. */
    private static List<String> authentication(ConnectUri uri) {
        List<String> methods = new ArrayList<>();
        for (String word : uri.parameter("sshauth").map(list -> list.split(",")).orElse(new String[0])) {
            String method = switch (word) {
                case "agent", "privkey" -> "publickey";
                case "password", "keyboard-interactive" -> word;
                case "krb5", "gssapi" -> "gssapi-with-mic";
                default -> throw invalid("sshauth '" + word
                        + "' is none of agent, privkey, password, keyboard-interactive");
            };
            if (!methods.contains(method)) {
                methods.add(method);
            }
        }
        return methods;
    }

    /** Which of them a URI asks for. A socket or a netcat that is named can only mean netcat. */
    static SshProxy of(ConnectUri uri) {
        boolean netcat = uri.parameter("netcat").isPresent();
        Optional<SshProxy> asked = uri.parameter("proxy").map(word -> switch (word.toLowerCase(Locale.ROOT)) {
            case "auto" -> netcat ? NETCAT : AUTO;
            case "netcat" -> NETCAT;
            case "native" -> NATIVE;
            default -> throw invalid("proxy '" + word + "' is none of auto, netcat, native");
        });
        if (netcat && asked.filter(NATIVE::equals).isPresent()) {
            throw invalid("netcat path not valid with native proxy mode");
        }
        if (asked.isPresent()) {
            return asked.get();
        }
        if (netcat || uri.parameter("socket").isPresent()) {
            return NETCAT;
        }
        // Where a user's own daemon has its socket is known at the far end only.
        return uri.path().equals("/session") ? NATIVE : AUTO;
    }

    /** The words for the far end's shell. */
    static String command(ConnectUri uri, boolean readOnly) {
        String target = " " + (readOnly ? "-r " : "") + quoted(uri.localForm(Set.of("mode", "socket")));
        String natively = "if command -v godwit-ssh-helper >/dev/null 2>&1; then exec godwit-ssh-helper" + target
                + "; elif command -v virt-ssh-helper >/dev/null 2>&1; then exec virt-ssh-helper" + target;
        String script = switch (of(uri)) {
            case AUTO -> natively + "; else " + netcat(uri, readOnly) + " fi";
            case NATIVE -> natively + "; else echo there is neither godwit-ssh-helper nor virt-ssh-helper >&2;"
                    + " exit 127; fi";
            case NETCAT -> netcat(uri, readOnly);
        };
        // Whatever the user's login shell is, it has only to hand one word on.
        return "sh -c " + quoted(script);
    }

    private static String netcat(ConnectUri uri, boolean readOnly) {
        String nc = quoted(uri.parameter("netcat").orElse("nc"));
        StringBuilder sockets = new StringBuilder();
        for (Path socket : sockets(uri, readOnly)) {
            sockets.append(' ').append(quoted(socket.toString()));
        }
        // Some netcats stay when their input ends, unless told not to; others do not know the option.
        return "if ! command -v " + nc + " >/dev/null 2>&1; then echo there is no " + nc + " to reach the socket with >&2;"
                + " exit 127; fi; for S in" + sockets + "; do test -S \"$S\" && break; done;"
                + " if " + nc + " -q 2>&1 | grep \"requires an argument\" >/dev/null 2>&1; then exec " + nc
                + " -q0 -U \"$S\"; else exec " + nc + " -U \"$S\"; fi;";
    }

    private static List<Path> sockets(ConnectUri uri, boolean readOnly) {
        Optional<String> given = uri.parameter("socket");
        if (given.isPresent()) {
            return List.of(Path.of(given.get()));
        }
        // Every system has this name for the folder, and it means the system's daemon: hence as root.
        return new LocalSockets(Path.of("/var/run"), Path.of("/var/run"), true, _ -> true).candidates(uri, readOnly);
    }

    /** One word for a shell, whatever is in it. */
    static String quoted(String word) {
        return word.matches(PLAIN) ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static VirtException invalid(String what) {
        return new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI, what);
    }
}

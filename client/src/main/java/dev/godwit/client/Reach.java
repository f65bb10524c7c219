package dev.godwit.client;

import dev.godwit.client.dial.CommandDialer;
import dev.godwit.client.dial.CommandEndedException;
import dev.godwit.client.dial.Dialer;
import dev.godwit.client.dial.PeerRefusedException;
import dev.godwit.client.dial.TcpDialer;
import dev.godwit.client.dial.TlsDialer;
import dev.godwit.client.dial.UnixDialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.rpc.ConnectionLostException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** From a URI to a connected channel, or an error in the words stock clients use. */
final class Reach {

    private static final int TCP_PORT = 16509;

    private Reach() {}

    /** Makes a socket of the kind that a URI needs and looks its host up, for nothing. An alias says nothing of either. */
    static void prepare(String uri) {
        boolean here = uri.isEmpty() || uri.contains("+unix:") || uri.contains(":///") && !uri.contains("+");
        boolean elsewhere = uri.contains("+tcp:") || uri.contains("+tls:");
        try {
            if (here) {
                SocketChannel.open(StandardProtocolFamily.UNIX).close();
            } else if (elsewhere) {
                SocketChannel.open().close();
                TcpDialer.Resolver.SYSTEM.resolve(ConnectUri.parse(uri).host().orElse("localhost"));
            }
        } catch (IOException | VirtException | UnsupportedOperationException e) {
            // Whoever connects is told.
        }
    }

    static ByteChannel dial(ConnectUri uri, ConnectOptions options) {
        return switch (uri.effectiveTransport()) {
            case UNIX -> unix(LocalSockets.ofThisProcess().find(uri, options.readOnly()));
            case TCP -> tcp(uri);
            // Whichever library a URI names: the system's ssh does what all of them do.
            case SSH, LIBSSH, LIBSSH2 -> program(uri, SshProxy.dialer(uri, options.readOnly()));
            case EXT -> program(uri, new CommandDialer(List.of(uri.parameter("command").orElseThrow(() ->
                    new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.REMOTE,
                            "remote_open: for 'ext' transport, command is required"))), Map.of()));
            case TLS -> tls(uri);
        };
    }

    private static ByteChannel unix(Path socket) {
        try {
            return new UnixDialer(socket).dial();
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                    "Failed to connect socket to '" + socket + "': " + reason(e));
        }
    }

    private static ByteChannel tcp(ConnectUri uri) {
        String host = uri.host().orElse("localhost");
        int port = uri.port().orElse(TCP_PORT);
        try {
            return new TcpDialer(host, port).dial();
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                    "unable to connect to server at '" + host + ":" + port + "': " + reason(e)).at(host);
        }
    }

    private static ByteChannel program(ConnectUri uri, Dialer dialer) {
        try {
            return dialer.dial();
        } catch (IOException e) {
            throw unreachable(uri, reason(e));
        }
    }

    /**
     * What a connection that was lost while it began means. Whether ssh gets through is known only when the first
     * answer is due; its own words then say why not.
     */
    static VirtException atTheStart(ConnectUri uri, LostConnectionException loss) {
        for (Throwable cause = loss; cause != null; cause = cause.getCause()) {
            if (cause instanceof CommandEndedException ended) {
                return unreachable(uri, ended.getMessage());
            }
            if (cause instanceof ConnectionLostException silent && silent.reason() == ConnectionLostException.Reason.KEEPALIVE) {
                return loss; // it was not closed
            }
        }
        if (uri.effectiveTransport() == ConnectUri.Transport.TCP) {
            String host = uri.host().orElse("localhost");
            return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, host + ":" + uri.port().orElse(TCP_PORT)
                    + " closed the connection before its first answer; a port for TLS does so to whoever does not speak"
                    + " it: for such a one write " + uri.driver() + "+tls instead of " + uri.driver() + "+tcp").at(host);
        }
        return loss;
    }

    private static VirtException unreachable(ConnectUri uri, String why) {
        String host = uri.host().orElse("localhost");
        String way = uri.effectiveTransport() == ConnectUri.Transport.EXT
                ? "with the command '" + uri.parameter("command").orElse("") + "'"
                : "by ssh" + uri.user().map(user -> " as user '" + user + "'").orElse("") + " from user '"
                        + System.getProperty("user.name") + "' here";
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                "unable to connect to server at '" + host + "' " + way + " (" + uri + "): " + why).at(host);
    }

    private static ByteChannel tls(ConnectUri uri) {
        TlsDialer dialer = TlsReach.dialer(uri, LocalSockets.isRoot(), Path.of(System.getProperty("user.home")));
        String host = dialer.tcp().host();
        try {
            return dialer.dial();
        } catch (PeerRefusedException e) {
            throw new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.RPC, e.getMessage(), e).at(host);
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, "unable to connect to server at '" + host
                    + ":" + dialer.tcp().port() + "': " + reason(e)).at(host);
        }
    }

    static ByteChannel dial(Dialer dialer, ConnectUri uri) {
        try {
            return dialer.dial();
        } catch (IOException e) {
            String host = uri.host().orElse("localhost");
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC,
                    "unable to connect to server at '" + host + "': " + reason(e)).at(host);
        }
    }

    /** The system's words for what went wrong, whatever Java puts around them. */
    private static String reason(IOException e) {
        return switch (e) {
            case UnknownHostException _ -> "Name or service not known";
            default -> String.valueOf(e.getMessage());
        };
    }
}

package dev.godwit.daemon.net;

import dev.godwit.daemon.tls.TlsRule;
import dev.godwit.pki.PkiException;
import dev.godwit.wire.tls.NotTlsException;
import dev.godwit.wire.tls.TlsChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Listens on TCP and speaks TLS from the first byte. A client that is let in is sent a byte of value 1 before anything
 * else; one that is not is hung up on, and the log says why (remote protocol, 1.9).
 */
public final class TlsListener implements Listener {

    /** How long a client may take for its handshake. */
    public static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final byte WELCOME = 1;

    private final TcpListener tcp;
    private final Supplier<TlsRule> rule;
    private final Duration patience;

    /**
     * A listener over one without TLS.
     *
     * @param tcp      bound to the port for TLS; closed with this one
     * @param rule     gives what is in force for a client that comes now
     * @param patience how long a handshake may take
     */
    public TlsListener(TcpListener tcp, Supplier<TlsRule> rule, Duration patience) {
        this.tcp = tcp;
        this.rule = rule;
        this.patience = patience;
    }

    @Override
    public Knock accept() throws IOException {
        SocketChannel client = tcp.acceptSocket();
        return new Knock() {
            @Override
            public Arrival arrive() throws IOException {
                return TlsListener.this.arrive(client);
            }

            @Override
            public void close() throws IOException {
                client.close();
            }
        };
    }

    private Arrival arrive(SocketChannel client) throws IOException {
        SocketAddress address = client.getRemoteAddress();
        TlsRule now = rule.get();
        TlsChannel channel = new TlsChannel(client, now.settings().server());
        shakeHands(channel, address);
        Optional<String> name;
        try {
            name = now.admit(channel.peerChain(), "client " + address);
        } catch (PkiException e) {
            channel.close();
            throw new IOException("Client " + address + " is not let in by TLS: " + e.getMessage(), e);
        }
        channel.write(ByteBuffer.wrap(new byte[] {WELCOME}));
        return new Arrival(channel, new Door("tls " + address + name.map(n -> " " + n).orElse(""),
                new Way.Tls(address, name, channel.keyBits()), false, Optional.empty()).reachedBy(client));
    }

    private void shakeHands(TlsChannel channel, SocketAddress address) throws IOException {
        String failed = "Client " + address + " is thrown out: ";
        try {
            channel.handshake(patience);
        } catch (NotTlsException e) {
            throw new IOException(failed + "it does not speak TLS, which this port is for", e);
        } catch (SocketTimeoutException e) {
            throw new IOException(failed + "it stopped in the middle of the TLS handshake, " + patience.toSeconds()
                    + " s ago", e);
        } catch (EOFException e) {
            throw new IOException("Client " + address + " left in the middle of the TLS handshake", e);
        } catch (SSLException e) {
            String alert = Optional.ofNullable(e.getMessage()).orElse("");
            throw new IOException(alert.contains("fatal alert")
                    ? "Client " + address + " does not accept this daemon's certificate or settings: " + alert
                    : failed + "the TLS handshake failed: " + alert, e);
        } catch (ClosedChannelException e) {
            throw new IOException(failed + "too many clients were in the middle of their TLS handshake, and it for longest",
                    e);
        } catch (IOException e) {
            throw new IOException("Client " + address + " is gone in the middle of the TLS handshake: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public SocketAddress address() {
        return tcp.address();
    }

    @Override
    public boolean isOpen() {
        return tcp.isOpen();
    }

    @Override
    public void close() {
        tcp.close();
    }
}

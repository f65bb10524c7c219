package dev.godwit.client.dial;

import dev.godwit.pki.ChainCheck;
import dev.godwit.pki.Credentials;
import dev.godwit.pki.HostNameCheck;
import dev.godwit.pki.PkiException;
import dev.godwit.pki.Role;
import dev.godwit.pki.TlsSettings;
import dev.godwit.wire.tls.Deadline;
import dev.godwit.wire.tls.NotTlsException;
import dev.godwit.wire.tls.TlsChannel;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Over TLS on TCP. After the handshake the server looks at our certificate and then sends a byte of value 1, or closes
 * (remote protocol, 1.9).
 *
 * @param tcp      connects
 * @param settings who we are, whom we trust and what we negotiate
 * @param verify   whether the server has to prove who it is, {@code no_verify=1} otherwise
 * @param timeout  how long the handshake and the server's look at our certificate may take
 * @param clock    wall-clock time
 */
public record TlsDialer(TcpDialer tcp, TlsSettings settings, boolean verify, Duration timeout, InstantSource clock)
        implements Dialer {

    /** How long the handshake may take where nobody said otherwise. */
    public static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final byte WELCOME = 1;

    /**
     * Connects, shakes hands, and waits until the server has accepted us.
     *
     * @throws PeerRefusedException if one side does not accept the other
     */
    @Override
    public ByteChannel dial() throws IOException {
        ByteChannel socket = tcp.dial();
        TlsChannel channel = null;
        boolean welcome = false;
        try {
            channel = new TlsChannel(socket, settings.client(tcp.host(), tcp.port(),
                    verify ? this::check : TlsSettings.ServerCheck.NONE));
            shakeHands(channel);
            awaitWelcome(channel);
            welcome = true;
            return channel;
        } finally {
            if (!welcome) {
                (channel == null ? socket : channel).close();
            }
        }
    }

    private void check(List<X509Certificate> chain) throws PkiException {
        new ChainCheck(settings.credentials(), clock).peer(chain, Role.SERVER, tcp.host());
        HostNameCheck.check(chain.getFirst(), tcp.host());
    }

    private void shakeHands(TlsChannel channel) throws IOException {
        try {
            channel.handshake(timeout);
        } catch (NotTlsException e) {
            throw new IOException("it does not speak TLS on port " + tcp.port()
                    + "; for a port without TLS write qemu+tcp instead of qemu+tls", e);
        } catch (EOFException e) {
            throw new IOException("it closed the connection during the TLS handshake; a port without TLS does so, too:"
                    + " for such a one write qemu+tcp instead of qemu+tls", e);
        } catch (SSLException e) {
            throw translated(e);
        }
    }

    private IOException translated(SSLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof PkiException ours) {
                return new PeerRefusedException("Failed to verify peer's certificate: " + ours.getMessage(), e);
            }
        }
        return new IOException("TLS handshake failed: " + e.getMessage(), e);
    }

    /** Reads the server's byte; the time limit closes the channel, as it does in the handshake. */
    private void awaitWelcome(TlsChannel channel) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(1);
        Deadline deadline = Deadline.closing(channel, timeout);
        int count;
        try {
            count = channel.read(answer);
        } catch (SSLException e) {
            throw refused(e);
        } catch (IOException e) {
            if (deadline.isOver()) {
                throw new SocketTimeoutException("it has not accepted our certificate after " + timeout.toSeconds()
                        + " s");
            }
            throw refused(e);
        } finally {
            deadline.met();
        }
        if (count != 1 || answer.get(0) != WELCOME) {
            throw refused(new EOFException("The connection was closed"));
        }
    }

    private PeerRefusedException refused(IOException e) {
        Credentials credentials = settings.credentials();
        String ours = credentials.own()
                .map(own -> "our certificate " + credentials.files().certificate() + " (" + own + ")")
                .orElseGet(() -> "that we have no certificate: " + credentials.files().certificate()
                        + " with its key " + credentials.files().key() + " is not there");
        return new PeerRefusedException("server verification (of our certificate or IP address) failed: " + tcp.host()
                + " does not accept " + ours + "; its log says why", e);
    }

    @Override
    public String toString() {
        return "TLS " + tcp;
    }
}

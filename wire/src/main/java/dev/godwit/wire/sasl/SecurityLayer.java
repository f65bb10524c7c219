package dev.godwit.wire.sasl;

import java.util.Optional;
import javax.security.sasl.Sasl;
import javax.security.sasl.SaslClient;
import javax.security.sasl.SaslException;
import javax.security.sasl.SaslServer;

/**
 * What a mechanism does to every byte after it has authenticated: RFC 4422, section 3.7. One thread may wrap while
 * another unwraps.
 */
public interface SecurityLayer {

    /** The longest wrapped piece that we take, without its length word: what stock peers are told and tell us. */
    int LONGEST_WRAPPED = 65_536;

    /**
     * Protects bytes.
     *
     * @param bytes  their array
     * @param offset where they begin
     * @param length how many, at most {@link #longestPlain()}
     * @return the wrapped piece
     */
    byte[] wrap(byte[] bytes, int offset, int length) throws SaslException;

    /**
     * Takes the protection off.
     *
     * @param bytes  one whole piece
     * @param offset where it begins
     * @param length how long it is
     * @throws SaslException if somebody has changed it
     */
    byte[] unwrap(byte[] bytes, int offset, int length) throws SaslException;

    /** How many bytes may be wrapped into one piece so that the peer can take it. */
    int longestPlain();

    /** Whether nobody else can read what is wrapped, as opposed to only not change it. */
    boolean isConfidential();

    /**
     * The layer that a client has negotiated.
     *
     * @param client complete
     * @return empty where it has negotiated none
     */
    static Optional<SecurityLayer> of(SaslClient client) {
        return of(client.getNegotiatedProperty(Sasl.QOP), client.getNegotiatedProperty(Sasl.RAW_SEND_SIZE),
                client::wrap, client::unwrap);
    }

    /**
     * The layer that a server has negotiated.
     *
     * @param server complete
     * @return empty where it has negotiated none
     */
    static Optional<SecurityLayer> of(SaslServer server) {
        return of(server.getNegotiatedProperty(Sasl.QOP), server.getNegotiatedProperty(Sasl.RAW_SEND_SIZE),
                server::wrap, server::unwrap);
    }

    /** One direction. */
    @FunctionalInterface
    interface Transformation {
        /** Transforms one piece. */
        byte[] apply(byte[] bytes, int offset, int length) throws SaslException;
    }

    private static Optional<SecurityLayer> of(Object quality, Object sendSize, Transformation wrap,
            Transformation unwrap) {
        if (!"auth-conf".equals(quality) && !"auth-int".equals(quality)) {
            return Optional.empty();
        }
        int longest;
        try {
            longest = Integer.parseInt(String.valueOf(sendSize));
        } catch (NumberFormatException e) {
            longest = 0;
        }
        // A peer that names no size, or an absurd one, gets pieces that any can take.
        int plain = longest < 64 ? 4096 : Math.min(longest, LONGEST_WRAPPED);
        return Optional.of(new SecurityLayer() {
            @Override
            public byte[] wrap(byte[] bytes, int offset, int length) throws SaslException {
                return wrap.apply(bytes, offset, length);
            }

            @Override
            public byte[] unwrap(byte[] bytes, int offset, int length) throws SaslException {
                return unwrap.apply(bytes, offset, length);
            }

            @Override
            public int longestPlain() {
                return plain;
            }

            @Override
            public boolean isConfidential() {
                return "auth-conf".equals(quality);
            }
        });
    }
}

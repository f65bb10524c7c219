package dev.godwit.wire.tls;

import javax.net.ssl.SSLException;

/** What came is no TLS. Nothing was sent in answer: who does not speak TLS does not understand its alerts. */
public final class NotTlsException extends SSLException {

    NotTlsException(int firstByte) {
        super("It does not speak TLS: its first byte is 0x%02x".formatted(firstByte));
    }
}

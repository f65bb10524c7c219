package dev.godwit.wire.tls;

import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.Security;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program: sends 64 MiB one way with a key that lasts for 1 MiB. A JVM reads the limit once, so this needs one of its
 * own. Prints how many bytes the receiver, who has nothing to say, has written.
 */
final class LowKeyLimit {

    private static final int PIECE = 1 << 20;
    private static final int PIECES = 64;

    private LowKeyLimit() {}

    public static void main(String[] args) throws Exception {
        Security.setProperty("jdk.tls.keyLimits",
                "AES/GCM/NoPadding KeyUpdate 2^20, ChaCha20-Poly1305 KeyUpdate 2^20");
        TestTls tls = TestTls.in(Path.of(args[0]));
        SocketChannel[] sockets = TestTls.sockets();
        CountingChannel counted = new CountingChannel(sockets[1]);
        try (TlsChannel sender = new TlsChannel(sockets[0], tls.engine(true, "TLSv1.3"));
                TlsChannel receiver = new TlsChannel(counted, tls.engine(false, "TLSv1.3"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> there = threads.submit(() -> {
                receiver.handshake(Duration.ofSeconds(20));
                return null;
            });
            sender.handshake(Duration.ofSeconds(20));
            there.get();
            long before = counted.written.get();
            Future<?> sent = threads.submit(() -> {
                for (int i = 0; i < PIECES; i++) {
                    byte[] piece = new byte[PIECE];
                    java.util.Arrays.fill(piece, (byte) i);
                    sender.write(ByteBuffer.wrap(piece));
                }
                return null;
            });
            // What the receiver says has to be read by somebody.
            Thread.startVirtualThread(() -> {
                try {
                    sender.read(ByteBuffer.allocate(1));
                } catch (java.io.IOException _) {
                    // The end.
                }
            });
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            for (int i = 0; i < PIECES; i++) {
                piece.clear();
                while (piece.hasRemaining()) {
                    if (receiver.read(piece) < 0) {
                        throw new AssertionError("ended in piece " + i);
                    }
                }
                for (byte b : piece.array()) {
                    if (b != (byte) i) {
                        throw new AssertionError("piece " + i + " is wrong");
                    }
                }
            }
            sent.get();
            System.out.println(counted.written.get() - before);
        }
    }
}

package dev.godwit.wire.tls;

import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program and no test: sends messages of 256 KiB over loopback through TLS and without it, in turns, and prints the
 * median of the rounds in MB/s. Sender and receiver are threads of the system in one process.
 */
final class TlsThroughput {

    private static final int MESSAGE = 262_144;
    private static final int MESSAGES = 4096;
    private static final int WARM_UP = 2;
    private static final int ROUNDS = 7;

    private TlsThroughput() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("tls-throughput");
        TestTls tls = TestTls.in(folder);
        double[] plain = new double[ROUNDS];
        double[] encrypted = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            SocketChannel[] sockets = TestTls.sockets();
            double withoutTls = megabytesPerSecond(sockets[0], sockets[1]);
            double withTls;
            try (TestTls.Pair pair = tls.pair("TLSv1.3")) {
                withTls = megabytesPerSecond(pair.client(), pair.server());
            }
            if (round >= 0) {
                plain[round] = withoutTls;
                encrypted[round] = withTls;
            }
        }
        System.out.printf("without TLS %.0f MB/s, with TLS 1.3 %.0f MB/s (median of %d rounds of %d MB)%n",
                median(plain), median(encrypted), ROUNDS, (long) MESSAGE * MESSAGES / 1_000_000);
    }

    private static double median(double[] figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static double megabytesPerSecond(ByteChannel from, ByteChannel to) throws Exception {
        try (from; to; ExecutorService threads = Executors.newFixedThreadPool(1)) {
            long begin = System.nanoTime();
            Future<?> sent = threads.submit(() -> {
                ByteBuffer message = ByteBuffer.allocate(MESSAGE);
                for (int i = 0; i < MESSAGES; i++) {
                    message.clear();
                    while (message.hasRemaining()) {
                        from.write(message);
                    }
                }
                return null;
            });
            ByteBuffer piece = ByteBuffer.allocate(MESSAGE);
            for (long left = (long) MESSAGE * MESSAGES; left > 0;) {
                piece.clear();
                int count = to.read(piece);
                if (count < 0) {
                    throw new AssertionError("ended early");
                }
                left -= count;
            }
            sent.get();
            return (double) MESSAGE * MESSAGES / 1e6 / Duration.ofNanos(System.nanoTime() - begin).toNanos() * 1e9;
        }
    }
}

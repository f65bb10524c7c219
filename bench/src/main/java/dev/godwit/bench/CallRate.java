package dev.godwit.bench;

import dev.godwit.lab.host.LabGuest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How many calls a daemon answers in a second: each client has a connection of its own, sends one call,
 * waits for the answer, and sends the next.
 *
 * <p>The calls are bytes laid out once, so that what is measured is the daemon and not a client
 * library; the same bytes go to every daemon.
 */
final class CallRate {

    private static final int PROGRAM = 0x20008086;

    /** What virsh's domstate asks. */
    static final int DOMAIN_GET_STATE = 212;

    /** What virsh's dominfo asks. */
    static final int DOMAIN_GET_INFO = 16;

    private CallRate() {}

    /** Calls a second, all clients together. */
    static double measure(Path socket, LabGuest guest, int procedure, int clients, Duration time) {
        try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
            List<Future<Double>> running = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                running.add(threads.submit(() -> client(socket, guest, procedure, time)));
            }
            double sum = 0;
            for (Future<Double> client : running) {
                sum += client.get();
            }
            return sum;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static double client(Path path, LabGuest guest, int procedure, Duration time) throws IOException {
        try (SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.connect(UnixDomainSocketAddress.of(path));
            byte[] uri = "qemu:///system".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer answer = ByteBuffer.allocate(65_536);
            call(socket, frame(1, 1, open(uri)), answer);
            ByteBuffer lookup = ByteBuffer.allocate(256);
            text(lookup, guest.name());
            byte[] domain = domain(call(socket, frame(23, 2, bytes(lookup)), answer), guest);
            byte[] arguments = procedure == DOMAIN_GET_STATE
                    ? ByteBuffer.allocate(domain.length + 4).put(domain).array() // and flags
                    : domain;
            ByteBuffer request = frame(procedure, 3, arguments);
            long start = System.nanoTime();
            long end = start + time.toNanos();
            long calls = 0;
            while (System.nanoTime() - end < 0) {
                call(socket, request.rewind(), answer);
                calls++;
            }
            return calls / ((System.nanoTime() - start) / 1e9);
        }
    }

    private static byte[] open(byte[] uri) {
        ByteBuffer arguments = ByteBuffer.allocate(64).putInt(1).putInt(uri.length).put(uri);
        arguments.position((arguments.position() + 3) / 4 * 4).putInt(0);
        return bytes(arguments);
    }

    /** The domain as the lookup answered it: name, UUID and id. */
    private static byte[] domain(ByteBuffer answer, LabGuest guest) {
        byte[] domain = new byte[4 + (guest.name().length() + 3) / 4 * 4 + 16 + 4];
        answer.get(28, domain);
        return domain;
    }

    private static void text(ByteBuffer to, String text) {
        to.putInt(text.length()).put(text.getBytes(StandardCharsets.US_ASCII));
        to.position((to.position() + 3) / 4 * 4);
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.position()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer frame(int procedure, int serial, byte[] arguments) {
        return ByteBuffer.allocateDirect(28 + arguments.length)
                .putInt(28 + arguments.length)
                .putInt(PROGRAM)
                .putInt(1)
                .putInt(procedure)
                .putInt(0)
                .putInt(serial)
                .putInt(0)
                .put(arguments)
                .flip();
    }

    private static ByteBuffer call(SocketChannel socket, ByteBuffer request, ByteBuffer answer) throws IOException {
        while (request.hasRemaining()) {
            socket.write(request);
        }
        answer.clear();
        while (answer.position() < 4 || answer.position() < answer.getInt(0)) {
            if (socket.read(answer) < 0) {
                throw new IOException("The daemon closed the connection");
            }
        }
        if (answer.getInt(24) != 0) {
            throw new IOException("The daemon answered with an error: "
                    + StandardCharsets.ISO_8859_1.decode(answer.flip().position(28)));
        }
        return answer;
    }
}

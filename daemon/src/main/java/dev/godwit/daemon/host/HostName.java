package dev.godwit.daemon.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The host's name as libvirt determines it: the kernel's, fully qualified where the resolver knows it so and where
 * it is not merely a name for the loopback.
 */
public final class HostName {

    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");
    /** A resolver that cannot reach its servers takes many seconds to say so. */
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private HostName() {}

    /**
     * The kernel's name for the host. It follows the UTS namespace of the process.
     *
     * @throws IOException if the kernel does not tell
     */
    public static String ofKernel() throws IOException {
        return Files.readString(KERNEL).strip();
    }

    /**
     * The qualified form of a name; the name itself where the resolver has nothing better to say, or says nothing in
     * time.
     *
     * @param name the kernel's
     */
    public static String qualified(String name) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("resolver").start(() -> answer.complete(qualified(name, HostName::lookUp)));
        try {
            return answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException _) {
            return name;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return name;
        }
    }

    /** Asks the resolver about a name. */
    @FunctionalInterface
    interface Resolver {
        /** The first address of a name. */
        Answer lookUp(String name) throws UnknownHostException;
    }

    /**
     * What the resolver says.
     *
     * @param canonical the full name
     * @param loopback  whether the name stands for this machine alone
     */
    record Answer(String canonical, boolean loopback) {}

    static String qualified(String name, Resolver resolver) {
        if (name.startsWith("localhost") || name.indexOf('.') >= 0) {
            return name; // nothing better to find out: no name at all, or qualified already
        }
        try {
            Answer answer = resolver.lookUp(name);
            boolean useless = answer.loopback() || answer.canonical().startsWith("localhost")
                    || answer.canonical().isBlank() || !answer.canonical().startsWith(name);
            return useless ? name : answer.canonical();
        } catch (UnknownHostException _) {
            return name;
        }
    }

    private static Answer lookUp(String name) throws UnknownHostException {
        InetAddress address = InetAddress.getByName(name);
        return new Answer(address.isLoopbackAddress() ? name : address.getCanonicalHostName(),
                address.isLoopbackAddress());
    }
}

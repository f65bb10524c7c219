package dev.godwit.daemon.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The host's name as libvirt determines it: the kernel's, fully qualified where the resolver knows it so and where
 * it is not merely a name for the loopback.
 */
public final class HostName {

    private static final Path KERNEL = Path.of("/proc/sys/kernel/hostname");

    private HostName() {}

    /**
     * The host's name now. It follows the UTS namespace of the process.
     *
     * @return never blank
     * @throws IOException if the kernel does not tell
     */
    public static String current() throws IOException {
        return qualified(Files.readString(KERNEL).strip(), HostName::lookUp);
    }

    /** Asks the resolver about a name. */
    @FunctionalInterface
    interface Resolver {
        /** The addresses of a name, the first with its canonical name where there is one. */
        Answer lookUp(String name) throws UnknownHostException;
    }

    /**
     * What the resolver says.
     *
     * @param canonical the full name
     * @param loopback  whether the name stands for this machine alone
     */
    record Answer(String canonical, boolean loopback) {}

    /** The qualified form of a name, or the name itself where the resolver does not help. */
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

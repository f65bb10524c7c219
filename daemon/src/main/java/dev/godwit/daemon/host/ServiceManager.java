package dev.godwit.daemon.host;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Tells systemd how the daemon does, as {@code sd_notify(3)} describes: one datagram to the Unix socket named in the
 * environment. The JDK has no Unix datagram sockets, so three functions of the C library are called.
 */
public final class ServiceManager {

    private static final System.Logger LOG = System.getLogger(ServiceManager.class.getName());
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int PATH_BYTES = 108;

    private final Optional<String> socket;

    /**
     * The manager that started this process, if any.
     *
     * @param socket the value of {@code NOTIFY_SOCKET}; absent outside systemd
     */
    public ServiceManager(Optional<String> socket) {
        this.socket = socket.filter(s -> s.startsWith("/") || s.startsWith("@"));
    }

    /** Says that the daemon takes connections now. */
    public void ready() {
        send("READY=1\nSTATUS=Taking connections\n");
    }

    /** Says that the daemon ends. */
    public void stopping() {
        send("STOPPING=1\n");
    }

    private void send(String state) {
        socket.ifPresent(path -> {
            try {
                datagram(path, state);
            } catch (Throwable e) { // NOPMD: a method handle declares Throwable, and the daemon works without
                LOG.log(System.Logger.Level.WARNING, "The service manager could not be told: " + e.getMessage());
            }
        });
    }

    /** A datagram to a Unix socket; a leading {@code @} stands for the abstract namespace. */
    @SuppressWarnings("restricted") // the module is started with native access
    private static void datagram(String path, String text) throws Throwable {
        Linker linker = Linker.nativeLinker();
        MethodHandle socketCall = function(linker, "socket", FunctionDescriptor.of(ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        MethodHandle sendto = function(linker, "sendto", FunctionDescriptor.of(ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        MethodHandle close = function(linker, "close",
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
        byte[] name = path.getBytes(StandardCharsets.UTF_8);
        if (name.length >= PATH_BYTES) {
            throw new IllegalArgumentException("NOTIFY_SOCKET is longer than a Unix socket's path can be");
        }
        if (name[0] == '@') {
            name[0] = 0;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(2 + PATH_BYTES, 2);
            address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, 2, name.length);
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            MemorySegment data = arena.allocate(body.length);
            MemorySegment.copy(body, 0, data, ValueLayout.JAVA_BYTE, 0, body.length);
            int fd = (int) socketCall.invokeExact(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (fd < 0) {
                throw new IllegalStateException("no socket");
            }
            try {
                long sent = (long) sendto.invokeExact(fd, data, (long) body.length, 0, address, 2 + name.length);
                if (sent < 0) {
                    throw new IllegalStateException("nobody listens at " + path);
                }
            } finally {
                int _ = (int) close.invokeExact(fd);
            }
        }
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(Linker linker, String name, FunctionDescriptor type) {
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type);
    }
}

package dev.godwit.driver.qemu.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.godwit.driver.qemu.process.Posix.Result;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * The C library's calls for sockets whose descriptors are handed to another process, which the JDK cannot do.
 *
 * <p>The numbers and layouts are those of Linux on x86-64 and arm64 (socket(7), unix(7), cmsg(3)). No call here blocks.
 */
final class SocketCalls {

    static final int AF_UNIX = 1;
    static final int EINPROGRESS = 115;
    static final int ECONNREFUSED = 111;
    static final int ENOENT = 2;

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK_CLOEXEC = 0x800 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_ERROR = 4;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int F_SETFL = 4;
    private static final int F_DUPFD_CLOEXEC = 1030;
    private static final int SCM_RIGHTS = 1;
    private static final int MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
    private static final int SOCKADDR_UN_BYTES = 110;
    private static final int MSGHDR_BYTES = 56;
    private static final int CMSG_LEN_OF_ONE = 20;
    private static final int CMSG_SPACE_OF_ONE = 24;

    private static final MethodHandle SOCKET =
            Posix.handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle CONNECT =
            Posix.handle("connect", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETSOCKOPT = Posix.handle("getsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle SETSOCKOPT = Posix.handle("setsockopt",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle GETPEERNAME =
            Posix.handle("getpeername", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle GETSOCKNAME =
            Posix.handle("getsockname", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
    private static final MethodHandle FCNTL = Posix.handle("fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle SENDMSG =
            Posix.handle("sendmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));

    private SocketCalls() {}

    /** Makes a stream socket that does not block and is closed in children. */
    static Result socket(int family) {
        return Posix.call(SOCKET, family, SOCK_STREAM | SOCK_NONBLOCK_CLOEXEC, 0);
    }

    /** The family of an address. */
    static int family(InetAddress address) {
        return address instanceof Inet6Address ? AF_INET6 : AF_INET;
    }

    /** Begins to connect. */
    static Result connect(int socket, InetSocketAddress address) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = address.getAddress().getAddress();
            boolean six = bytes.length == 16;
            MemorySegment name = arena.allocate(six ? 28 : 16, 8);
            name.set(JAVA_SHORT, 0, (short) family(address.getAddress()));
            name.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) address.getPort());
            MemorySegment.copy(bytes, 0, name, JAVA_BYTE, six ? 8 : 4, bytes.length);
            if (address.getAddress() instanceof Inet6Address inet6) {
                name.set(JAVA_INT, 24, inet6.getScopeId());
            }
            return Posix.call(CONNECT, socket, name, (int) name.byteSize());
        }
    }

    /** Begins to connect to a Unix socket, of which the path has at most 107 bytes. */
    static Result connect(int socket, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
            MemorySegment name = arena.allocate(SOCKADDR_UN_BYTES, 8);
            name.set(JAVA_SHORT, 0, (short) AF_UNIX);
            MemorySegment.copy(bytes, 0, name, JAVA_BYTE, 2, bytes.length);
            return Posix.call(CONNECT, socket, name, 2 + bytes.length + 1);
        }
    }

    /** How connecting ended: 0, or an errno. */
    static int error(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
            Result result = Posix.call(GETSOCKOPT, socket, SOL_SOCKET, SO_ERROR, value, length);
            return result.failed() ? result.errno() : value.get(JAVA_INT, 0);
        }
    }

    /** Has every write sent at once; of no consequence where that cannot be. */
    static void noDelay(int socket) {
        try (Arena arena = Arena.ofConfined()) {
            Posix.call(SETSOCKOPT, socket, IPPROTO_TCP, TCP_NODELAY, arena.allocateFrom(JAVA_INT, 1), Integer.BYTES);
        }
    }

    /** Makes it block, as programs expect a socket that they are given. */
    static Result blocking(int socket) {
        return Posix.call(FCNTL, socket, F_SETFL, 0);
    }

    /** Another descriptor of the same file. */
    static Result duplicate(int descriptor) {
        return Posix.call(FCNTL, descriptor, F_DUPFD_CLOEXEC, 0);
    }

    /** Whether a descriptor is a Unix socket that is connected to a path. */
    static boolean isConnectedTo(int descriptor, Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SOCKADDR_UN_BYTES + 2, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SOCKADDR_UN_BYTES);
            return !Posix.call(GETPEERNAME, descriptor, name, length).failed()
                    && name.get(JAVA_SHORT, 0) == AF_UNIX
                    && length.get(JAVA_INT, 0) > 2
                    && name.asSlice(2).getString(0).equals(path.toString());
        }
    }

    /** Whether a descriptor is a TCP socket between two addresses. */
    static boolean isBetween(int descriptor, InetSocketAddress here, InetSocketAddress there) {
        return here.equals(address(GETSOCKNAME, descriptor)) && there.equals(address(GETPEERNAME, descriptor));
    }

    /** What a call says of a socket of the internet; an address that was never resolved for any other file. */
    private static InetSocketAddress address(MethodHandle call, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(SOCKADDR_UN_BYTES + 2, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SOCKADDR_UN_BYTES);
            boolean failed = Posix.call(call, descriptor, name, length).failed();
            int family = failed ? 0 : name.get(JAVA_SHORT, 0);
            if (family != AF_INET && family != AF_INET6) {
                return InetSocketAddress.createUnresolved("", 0);
            }
            byte[] bytes = name.asSlice(family == AF_INET ? 4 : 8, family == AF_INET ? 4 : 16).toArray(JAVA_BYTE);
            int port = Short.toUnsignedInt(name.get(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2));
            // One of IPv4 within IPv6 becomes the former, as in the addresses that the JDK tells of its sockets.
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new AssertionError("it has 4 bytes or 16", e);
        }
    }

    /**
     * Sends bytes, and an open file with them.
     *
     * @return how many bytes were sent
     */
    static Result send(int socket, byte[] bytes, int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocateFrom(JAVA_BYTE, bytes);
            MemorySegment vector = arena.allocate(16, 8);
            vector.set(ADDRESS, 0, data);
            vector.set(JAVA_LONG, 8, bytes.length);
            MemorySegment control = arena.allocate(CMSG_SPACE_OF_ONE, 8);
            control.set(JAVA_LONG, 0, CMSG_LEN_OF_ONE);
            control.set(JAVA_INT, 8, SOL_SOCKET);
            control.set(JAVA_INT, 12, SCM_RIGHTS);
            control.set(JAVA_INT, 16, descriptor);
            MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
            message.set(ADDRESS, 16, vector);
            message.set(JAVA_LONG, 24, 1);
            message.set(ADDRESS, 32, control);
            message.set(JAVA_LONG, 40, CMSG_SPACE_OF_ONE);
            return Posix.call(SENDMSG, socket, message, MSG_DONTWAIT_NOSIGNAL);
        }
    }
}

package dev.godwit.driver.qemu.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few calls of the C library that Java has no equivalent for.
 *
 * <p>They are here for terminals. Java opens a file without {@code O_NOCTTY}, so in a daemon that leads its
 * session, as a service of systemd does, the first terminal of a guest would become the daemon's own:
 * when that guest ended, the kernel would send SIGHUP to the daemon, and the daemon would end (tty_open
 * in the kernel's drivers/tty/tty_io.c; tried out).
 *
 * <p>The numbers are those of Linux on x86-64 and arm64. A call that would block pins the carrier of a
 * virtual thread, so {@link #poll} belongs on a platform thread.
 */
@SuppressWarnings("restricted")
final class Posix {

    static final int O_RDWR = 0x2;
    static final int O_NOCTTY = 0x100;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;

    static final short POLLIN = 0x1;
    static final short POLLOUT = 0x4;

    static final int EINTR = 4;
    static final int EIO = 5;
    static final int EAGAIN = 11;

    /** The size of {@code struct pollfd}: an int and two shorts. */
    static final int POLLFD_BYTES = 8;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN = handle("open",
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT), Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE = handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            handle("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            handle("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle POLL =
            handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    private static final MethodHandle PIPE2 = handle("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(
            LINKER.defaultLookup().find("strerror").orElseThrow(), FunctionDescriptor.of(ADDRESS, JAVA_INT));

    private Posix() {}

    /** A call that captures errno. */
    static MethodHandle handle(String name, FunctionDescriptor function, Linker.Option... options) {
        var all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), function, all);
    }

    /**
     * What a call gave back.
     *
     * @param value its value; negative if it failed
     * @param errno why it failed
     */
    record Result(long value, int errno) {
        boolean failed() {
            return value < 0;
        }

        IOException asException(String what) {
            return new IOException(what + ": " + text(errno));
        }
    }

    /** Opens a file. */
    static Result open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags, 0);
            return result(fd, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Calls a function of {@link #handle} with arguments of the types it was made for. */
    static Result call(MethodHandle function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            var all = new Object[arguments.length + 1];
            all[0] = state;
            System.arraycopy(arguments, 0, all, 1, arguments.length);
            return result(((Number) function.invokeWithArguments(all)).longValue(), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Closes a file. */
    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(arena.allocate(ERRNO_LAYOUT), fd);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Reads into native memory. */
    static Result read(int fd, MemorySegment into) {
        return transfer(READ, fd, into);
    }

    /** Writes from native memory. */
    static Result write(int fd, MemorySegment from) {
        return transfer(WRITE, fd, from);
    }

    private static Result transfer(MethodHandle call, int fd, MemorySegment memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            long count = (long) call.invokeExact(state, fd, memory, memory.byteSize());
            return result(count, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /**
     * Waits until one of several files can be read or written.
     *
     * @param fds their {@code struct pollfd}s
     */
    static Result poll(MemorySegment fds, int timeoutMillis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            int count = (int) POLL.invokeExact(state, fds, fds.byteSize() / POLLFD_BYTES, timeoutMillis);
            return result(count, state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Fills in one {@code struct pollfd}; a file of -1 is one to skip. */
    static void pollFor(MemorySegment fds, int index, int fd, int events) {
        long at = (long) index * POLLFD_BYTES;
        fds.set(JAVA_INT, at, fd);
        fds.set(ValueLayout.JAVA_SHORT, at + 4, (short) events);
        fds.set(ValueLayout.JAVA_SHORT, at + 6, (short) 0);
    }

    /** What {@link #poll} found for one file. */
    static int pollFound(MemorySegment fds, int index) {
        return fds.get(ValueLayout.JAVA_SHORT, (long) index * POLLFD_BYTES + 6);
    }

    /**
     * Makes a pipe whose ends do not block.
     *
     * @return the end to read from and the end to write to
     * @throws IOException if there are too many open files
     */
    static int[] pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(ERRNO_LAYOUT);
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            int done = (int) PIPE2.invokeExact(state, ends, O_CLOEXEC | O_NONBLOCK);
            if (done < 0) {
                throw result(done, state).asException("Cannot make a pipe");
            }
            return ends.toArray(JAVA_INT);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static Result result(long value, MemorySegment state) {
        return new Result(value, value < 0 ? (int) ERRNO.get(state, 0L) : 0);
    }

    /** What an errno means, in the C library's words. */
    static String text(int errno) {
        try {
            return ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(256).getString(0);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static AssertionError unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new AssertionError("a call of the C library threw", e);
    }
}

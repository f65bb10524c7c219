package dev.godwit.client.dial;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The standard input and output of a process, as a channel. One thread may read while another writes.
 *
 * <p>Reading from and writing to a pipe blocks the thread in the kernel. A virtual thread would keep one of the few
 * threads that carry all of them, so what virtual threads ask for is done on a platform thread of the channel's own.
 */
final class ProcessChannel implements ByteChannel, GatheringByteChannel {

    private static final int PIECE = 65_536;
    /** So much of what the process complains about is kept: the end of it, where the reason stands. */
    private static final int WORDS = 8192;
    private static final long LAST_WORDS_MILLIS = 2000;

    private final String program;
    private final Process process;
    private final InputStream in;
    private final OutputStream out;
    private final StringBuilder words = new StringBuilder();
    private final Thread listener;
    private final ExecutorService readers;
    private final ExecutorService writers;
    private final AtomicBoolean closed = new AtomicBoolean();
    private byte[] readPiece = new byte[0];
    private byte[] writePiece = new byte[0];
    private boolean heard;

    ProcessChannel(String program, Process process) {
        this.program = program;
        this.process = process;
        this.in = process.getInputStream();
        this.out = process.getOutputStream();
        this.listener = Thread.ofPlatform().daemon().name(program + " complaints").start(this::listen);
        this.readers = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(program + " reader").factory());
        this.writers = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(program + " writer").factory());
    }

    private void listen() {
        byte[] piece = new byte[1024];
        try (InputStream complaints = process.getErrorStream()) {
            for (int n = complaints.read(piece); n >= 0; n = complaints.read(piece)) {
                synchronized (words) {
                    words.append(new String(piece, 0, n, StandardCharsets.UTF_8));
                    words.delete(0, Math.max(0, words.length() - WORDS));
                }
            }
        } catch (IOException e) {
            // It has closed its standard error, and has said all that it will say.
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        return onPlatformThread(readers, () -> readHere(target));
    }

    private int readHere(ByteBuffer target) throws IOException {
        int n;
        try {
            if (target.hasArray()) {
                n = in.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
                target.position(target.position() + Math.max(n, 0));
            } else {
                readPiece = readPiece.length == 0 ? new byte[PIECE] : readPiece;
                n = in.read(readPiece, 0, Math.min(readPiece.length, target.remaining()));
                target.put(readPiece, 0, Math.max(n, 0));
            }
        } catch (IOException e) {
            throw closed.get() ? new ClosedChannelException() : e;
        }
        if (closed.get()) {
            throw new ClosedChannelException();
        }
        heard |= n > 0;
        if (n < 0) {
            ended();
        }
        return n;
    }

    /** An end is an orderly one only where there was a beginning. */
    private void ended() throws IOException {
        int exit = 0;
        try {
            if (process.waitFor(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
                exit = process.exitValue();
            }
            // What a process has left behind in the background may keep its standard error open.
            listener.join(LAST_WORDS_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String said;
        synchronized (words) {
            said = words.toString().strip().replaceAll("\\s*\\R\\s*", "; ");
        }
        if (!heard || exit != 0) {
            throw new CommandEndedException(said.isEmpty() ? program + " ended with exit code " + exit : said);
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return onPlatformThread(writers, () -> writeHere(sources, offset, length));
    }

    private long writeHere(ByteBuffer[] sources, int offset, int length) throws IOException {
        if (closed.get()) {
            throw new ClosedChannelException();
        }
        long written = 0;
        try {
            for (int i = offset; i < offset + length; i++) {
                written += put(sources[i]);
            }
            out.flush();
        } catch (IOException e) {
            throw closed.get() ? new ClosedChannelException() : e;
        }
        return written;
    }

    /** Short pieces wait in the stream for the flush; long ones go through it. */
    private int put(ByteBuffer source) throws IOException {
        int size = source.remaining();
        if (source.hasArray()) {
            out.write(source.array(), source.arrayOffset() + source.position(), size);
            source.position(source.limit());
        } else {
            writePiece = writePiece.length == 0 ? new byte[PIECE] : writePiece;
            while (source.hasRemaining()) {
                int n = Math.min(writePiece.length, source.remaining());
                source.get(writePiece, 0, n);
                out.write(writePiece, 0, n);
            }
        }
        return size;
    }

    private <T> T onPlatformThread(ExecutorService executor, Callable<T> work) throws IOException {
        try {
            return Thread.currentThread().isVirtual() ? executor.submit(work).get() : work.call();
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException failure ? failure : new IOException(e.getCause());
        } catch (java.util.concurrent.RejectedExecutionException e) {
            throw new ClosedChannelException();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    /** Ends the process and what it has started. A thread that reads is woken by the end of its output. */
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        readers.shutdown();
        writers.shutdown();
        process.onExit().orTimeout(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS).whenComplete((_, late) -> {
            if (late != null) {
                process.destroyForcibly();
            }
            closeQuietly();
        });
    }

    private void closeQuietly() {
        try {
            out.close();
        } catch (IOException e) {
            // What was not written yet is written for nobody.
        }
        try {
            in.close();
        } catch (IOException e) {
            // The descriptor is gone either way.
        }
    }

    @Override
    public String toString() {
        return program + " with process id " + process.pid();
    }
}

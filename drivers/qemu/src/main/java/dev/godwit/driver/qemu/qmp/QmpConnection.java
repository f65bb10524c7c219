package dev.godwit.driver.qemu.qmp;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A conversation with one QEMU over its monitor.
 *
 * <p>Any number of threads may give commands at the same time; each waits for its own reply. A thread
 * that is interrupted, or runs out of time, leaves the conversation intact: commands are written by a
 * thread of the connection's own, because an interrupt in the middle of a write would close the
 * channel for everybody.
 *
 * <p>The protocol: one JSON object a line in both directions; QEMU speaks first; {@code qmp_capabilities}
 * has to come before any other command (QEMU, "QEMU Machine Protocol Specification").
 */
public final class QmpConnection implements AutoCloseable {

    private static final Logger LOG = System.getLogger(QmpConnection.class.getName());

    /**
     * How to hold a conversation.
     *
     * @param name           whose monitor it is, for thread names and log lines
     * @param clock          stamps events of a QEMU that cannot read its own clock
     * @param openTimeout    how long to wait for the greeting and for the reply to {@code qmp_capabilities}
     * @param defaultTimeout how long to wait for a reply where the caller does not say
     * @param whyLost        asked when QEMU closed the monitor: what its log says. Called on the thread
     *                       that is told, may read files, and must not fail
     */
    public record Options(String name, InstantSource clock, Duration openTimeout, Duration defaultTimeout,
            Supplier<Optional<String>> whyLost) {

        /**
         * Options with a minute for opening and five for commands, and no log to look at.
         *
         * @param name  whose monitor it is
         * @param clock stamps events of a QEMU that cannot read its own clock
         */
        public Options(String name, InstantSource clock) {
            this(name, clock, Duration.ofMinutes(1), Duration.ofMinutes(5), Optional::empty);
        }

        /**
         * These options with another patience at the beginning.
         *
         * @param timeout how long to wait for the greeting and for the reply to {@code qmp_capabilities}
         * @return new options
         */
        public Options withOpenTimeout(Duration timeout) {
            return new Options(name, clock, timeout, defaultTimeout, whyLost);
        }

        /**
         * These options with another place to ask why QEMU went.
         *
         * @param supplier what QEMU's log says
         * @return new options
         */
        public Options withWhyLost(Supplier<Optional<String>> supplier) {
            return new Options(name, clock, openTimeout, defaultTimeout, supplier);
        }
    }

    /** A command whose reply has not come. */
    private record Waiting(String command, CompletableFuture<Json.Obj> answer) {}

    /**
     * What is to be written.
     *
     * @param descriptor the open file that goes with it
     * @param told       false once it is certain that no byte of it went out, true once one may have
     */
    private record Line(byte[] bytes, OptionalInt descriptor, CompletableFuture<Boolean> told) {}

    /** How long the writer may take to say what became of a line after the channel was closed under it, which it does at once. */
    private static final Duration TO_SAY_WHETHER_TOLD = Duration.ofSeconds(1);

    /**
     * Why there will be no more replies.
     *
     * @param heardOut whether QEMU closed the monitor, after all that it had said was read
     */
    private record Lost(String message, boolean closedHere, boolean heardOut, Throwable cause) {

        /** For a reason that is not QEMU's end. */
        Lost(String message, boolean closedHere, Throwable cause) {
            this(message, closedHere, false, cause);
        }
    }

    /** What the event thread is given. */
    private sealed interface Notice {
        record Event(QmpEvent event, Instant at) implements Notice {}

        record Over(Lost lost) implements Notice {}

        record Marker(CompletableFuture<Void> reached) implements Notice {}
    }

    private final ByteChannel channel;
    private final Options options;
    private final QmpListener listener;
    private final CompletableFuture<Json.Obj> greeting = new CompletableFuture<>();
    private final LinkedBlockingQueue<Optional<Line>> outgoing = new LinkedBlockingQueue<>();
    // Without a bound, because the reader must not wait for a listener that itself waits for a reply.
    // QEMU limits the rate of the events that a guest can cause.
    private final LinkedBlockingQueue<Notice> notices = new LinkedBlockingQueue<>();

    private final ReentrantLock state = new ReentrantLock();
    private final LinkedHashMap<String, Waiting> waiting = new LinkedHashMap<>();
    private Optional<Lost> lost = Optional.empty();
    private long nextId = 1;

    private final List<Thread> threads;
    private volatile boolean eventsOver;
    private volatile long resumes;
    private volatile QmpVersion version = new QmpVersion(0, 0, 0, "");

    private QmpConnection(ByteChannel channel, Options options, QmpListener listener) {
        this.channel = channel;
        this.options = options;
        this.listener = listener;
        this.threads = List.of(thread("reader", this::readLoop), thread("writer", this::writeLoop),
                thread("events", this::eventLoop));
    }

    /**
     * Begins a conversation: waits for QEMU's greeting and enters command mode.
     *
     * @param channel  connected to the monitor, in blocking mode; closed by this connection, also when
     *                 opening fails
     * @param options  how to hold it
     * @param listener hears events from the first one on
     * @return the conversation
     * @throws QmpException if QEMU does not greet, refuses, or goes away
     */
    public static QmpConnection open(ByteChannel channel, Options options, QmpListener listener) {
        var connection = new QmpConnection(channel, options, listener);
        connection.threads.forEach(Thread::start);
        try {
            connection.greet();
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private Thread thread(String role, Runnable loop) {
        return Thread.ofVirtual().name("qmp-" + role + "-" + options.name()).unstarted(loop);
    }

    /** The connection's three threads, which have to be over soon after it is. */
    List<Thread> threads() {
        return threads;
    }

    private void greet() {
        Json.Obj hello = await("", greeting, CompletableFuture.completedFuture(true), options.openTimeout());
        try {
            version = QmpVersion.of(hello.object("QMP").object("version"));
        } catch (JsonException e) {
            throw new QmpException.Garbled("What answers at the monitor of " + options.name()
                    + " is not QEMU: " + e.getMessage(), "", e);
        }
        execute(new RunStateCommands.QmpCapabilities(), options.openTimeout());
    }

    /**
     * The version of this QEMU, from its greeting.
     *
     * @return the version
     */
    public QmpVersion version() {
        return version;
    }

    /**
     * Gives a command and waits for its reply, for as long as {@link Options#defaultTimeout} allows.
     *
     * @param <R>     the reply
     * @param command the command
     * @return its reply
     * @throws QmpException saying how it ended
     */
    public <R> R execute(QmpCommand<R> command) {
        return execute(command, options.defaultTimeout());
    }

    /**
     * Gives a command and waits for its reply.
     *
     * @param <R>     the reply
     * @param command the command
     * @param timeout how long to wait
     * @return its reply
     * @throws QmpException saying how it ended: refused, disconnected, timed out, interrupted or garbled
     */
    public <R> R execute(QmpCommand<R> command, Duration timeout) {
        return execute(command, timeout, OptionalInt.empty());
    }

    /**
     * Gives a command that takes an open file, and waits for its reply.
     *
     * @param <R>        the reply
     * @param command    the command
     * @param descriptor the file's number in this process; it must stay open until this returns
     * @return its reply
     * @throws QmpException saying how it ended; disconnected also where the channel cannot carry files
     */
    public <R> R execute(QmpCommand<R> command, int descriptor) {
        return execute(command, options.defaultTimeout(), OptionalInt.of(descriptor));
    }

    private <R> R execute(QmpCommand<R> command, Duration timeout, OptionalInt descriptor) {
        Json.Obj request = Json.EMPTY.with("execute", command.name());
        if (!command.arguments().members().isEmpty()) {
            request = request.with("arguments", command.arguments());
        }
        Json.Obj response = converse(command.name(), request, timeout, descriptor);
        Optional<Json> answer = response.get("return");
        if (answer.isEmpty()) {
            throw refusal(command.name(), response);
        }
        try {
            return command.reply(answer.get());
        } catch (JsonException e) {
            throw new QmpException.Garbled("QEMU " + version + " answered '" + command.name()
                    + "' with something unexpected: " + e.getMessage(), command.name(), e);
        }
    }

    /**
     * Passes on a request that somebody else wrote, and gives back QEMU's whole response.
     *
     * @param request an object with {@code execute}; its {@code id}, if it has one, is in the response
     * @param timeout how long to wait
     * @return the response: an object with {@code return} or {@code error}, and {@code id}
     * @throws JsonException if the request has no text {@code execute} or {@code exec-oob}
     * @throws QmpException if there is no response
     */
    public Json.Obj executeRaw(Json.Obj request, Duration timeout) {
        String name = request.optText("exec-oob").orElseGet(() -> request.text("execute"));
        Json.Obj response = converse(name, request, timeout, OptionalInt.empty());
        return request.get("id").map(id -> response.with("id", id)).orElse(response);
    }

    private static QmpException refusal(String command, Json.Obj response) {
        try {
            Json.Obj error = response.object("error");
            return new QmpException.Refused(command, error.text("class"), error.text("desc"));
        } catch (JsonException e) {
            return new QmpException.Garbled("QEMU answered '" + command + "' with neither a return nor an error: "
                    + e.getMessage(), command, e);
        }
    }

    private Json.Obj converse(String command, Json.Obj request, Duration timeout, OptionalInt descriptor) {
        var answer = new CompletableFuture<Json.Obj>();
        var told = new CompletableFuture<Boolean>();
        String id;
        Optional<Lost> over;
        Optional<Line> line = Optional.empty();
        state.lock();
        try {
            id = "godwit-" + nextId++;
            over = lost;
            if (over.isEmpty()) {
                waiting.put(id, new Waiting(command, answer));
                // Queued while the lock is held, so that the order of ids is the order on the wire, by
                // which an error that QEMU could not match to an id is given to the oldest command.
                line = Optional.of(new Line(
                        (request.with("id", id) + "\n").getBytes(StandardCharsets.UTF_8), descriptor, told));
                outgoing.add(line);
            }
        } finally {
            state.unlock();
        }
        if (over.isPresent()) {
            throw disconnected(command, over.get(), true);
        }
        try {
            return await(command, answer, told, timeout);
        } finally {
            forget(id);
            if (descriptor.isPresent()) {
                outgoing.remove(line); // Its file may be closed from now on.
            }
        }
    }

    private void forget(String id) {
        state.lock();
        try {
            waiting.remove(id);
        } finally {
            state.unlock();
        }
    }

    private Json.Obj await(String command, CompletableFuture<Json.Obj> answer, CompletableFuture<Boolean> told, Duration timeout) {
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new QmpException.TimedOut(command.isEmpty() ? "(greeting)" : command, timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new QmpException.Interrupted(command.isEmpty() ? "(greeting)" : command);
        } catch (ExecutionException e) {
            throw disconnected(command, currentLoss(), !mayHaveHeard(told));
        }
    }

    /**
     * Whether QEMU may have heard a line, asked after the conversation has ended. One that has died closes its monitor some time
     * before the reader notices; what is written in between fails, and has been told to nobody.
     */
    private static boolean mayHaveHeard(CompletableFuture<Boolean> told) {
        try {
            return told.get(TO_SAY_WHETHER_TOLD.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return true;
        }
    }

    private Lost currentLoss() {
        state.lock();
        try {
            return lost.orElseThrow();
        } finally {
            state.unlock();
        }
    }

    private QmpException.Disconnected disconnected(String command, Lost why, boolean untold) {
        if (why.closedHere()) {
            return new QmpException.Disconnected(why.message(), command, true, false, why.cause());
        }
        String log = options.whyLost().get().map(text -> ": " + text).orElse("");
        return new QmpException.Disconnected(why.message() + log, command, false, untold, why.cause());
    }

    /**
     * Whether the conversation can still be held.
     *
     * @return false once the monitor is gone or closed
     */
    public boolean isOpen() {
        state.lock();
        try {
            return lost.isEmpty();
        } finally {
            state.unlock();
        }
    }

    /**
     * How often QEMU has said that its CPUs begin to run. It says so before they do: every version sends {@code RESUME} in
     * {@code vm_prepare_start} and lets them go afterwards. So the CPUs of one that has ended and was {@linkplain #heardOut heard
     * out} ran as often as this, or once less.
     *
     * @return counted since the conversation began, with those that the listener has not heard yet
     */
    public long resumes() {
        return resumes;
    }

    /**
     * Whether QEMU closed the monitor, and all that it had said before was read: what it has not said by then it never said.
     *
     * @return false while the conversation goes on, where it was closed here, and where QEMU was not understood
     */
    public boolean heardOut() {
        state.lock();
        try {
            return lost.filter(Lost::heardOut).isPresent();
        } finally {
            state.unlock();
        }
    }

    /**
     * Waits until all is read that QEMU says, after it has ended. {@link #close} instead leaves open what it still said.
     *
     * @param timeout how long at most
     */
    public void hearOut(Duration timeout) {
        try {
            threads.getFirst().join(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Waits until the listener has heard everything that QEMU had said when this is called: after {@code stop} has
     * returned, until {@link QmpEvent.Stop} has been dealt with. Returns at once on the listener's own thread, and when the
     * conversation is over.
     *
     * @param timeout how long to wait for a listener that takes its time
     */
    public void awaitEvents(Duration timeout) {
        if (Thread.currentThread() == threads.getLast()) {
            return;
        }
        var reached = new CompletableFuture<Void>();
        notices.add(new Notice.Marker(reached));
        if (eventsOver) {
            return;
        }
        try {
            reached.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            LOG.log(Level.WARNING, "The listener to the events of {0} is slower than {1}", options.name(), timeout);
        } catch (ExecutionException e) {
            throw new AssertionError("nobody fails it", e);
        }
    }

    /** Ends the conversation. QEMU runs on, and greets whoever connects next. Safe to repeat. */
    @Override
    public void close() {
        lose(new Lost("The monitor of " + options.name() + " was closed.", true, null));
    }

    private void lose(Lost why) {
        List<Waiting> left;
        state.lock();
        try {
            if (lost.isPresent()) {
                return;
            }
            lost = Optional.of(why);
            left = List.copyOf(waiting.values());
            waiting.clear();
        } finally {
            state.unlock();
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "Closing the monitor of " + options.name() + " failed.", e);
        }
        outgoing.add(Optional.empty());
        var end = new IOException(why.message());
        greeting.completeExceptionally(end);
        left.forEach(one -> one.answer().completeExceptionally(end));
        notices.add(new Notice.Over(why));
    }

    // ---- the three threads ----

    private void writeLoop() {
        boolean broken = false;
        try {
            for (Optional<Line> next = outgoing.take(); next.isPresent(); next = outgoing.take()) {
                Line line = next.get();
                ByteBuffer bytes = ByteBuffer.wrap(line.bytes());
                if (!broken) {
                    broken = !write(bytes, line.descriptor());
                }
                line.told().complete(bytes.position() > 0);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody knows this thread", e);
        }
    }

    /** Writes a line; after one that could not be written to its end nothing can be. */
    private boolean write(ByteBuffer bytes, OptionalInt descriptor) {
        try {
            if (descriptor.isPresent()) {
                writeWith(bytes, descriptor.getAsInt());
            }
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return true;
        } catch (IOException e) {
            // The reader sees the end as well, but after what QEMU still had to say: let it be the one to tell.
            LOG.log(Level.DEBUG, "Writing to the monitor of " + options.name() + " failed.", e);
            return false;
        }
    }

    private void writeWith(ByteBuffer bytes, int descriptor) throws IOException {
        if (channel instanceof DescriptorChannel carrier) {
            carrier.write(bytes, descriptor);
        } else {
            lose(new Lost("The monitor of " + options.name() + " cannot be given files.", true, null));
        }
    }

    private void readLoop() {
        var line = new ByteArrayOutputStream(4096);
        ByteBuffer buffer = ByteBuffer.allocate(1 << 14);
        try {
            while (channel.read(buffer.clear()) >= 0) {
                int begin = 0;
                for (int at = 0; at < buffer.position(); at++) {
                    if (buffer.array()[at] == '\n') {
                        line.write(buffer.array(), begin, at - begin);
                        heard(line.toByteArray());
                        line.reset();
                        begin = at + 1;
                    }
                }
                line.write(buffer.array(), begin, buffer.position() - begin);
                if (line.size() > JsonText.MAX_BYTES) {
                    throw new JsonException("QEMU sent a line of more than " + JsonText.MAX_BYTES + " bytes.");
                }
            }
            lose(unexpectedEnd(null));
        } catch (AsynchronousCloseException e) {
            lose(new Lost("The monitor of " + options.name() + " was closed.", true, e));
        } catch (IOException e) {
            lose(unexpectedEnd(e));
        } catch (JsonException e) {
            lose(new Lost("The monitor of " + options.name() + " was closed, because QEMU does not speak QMP there: "
                    + e.getMessage(), false, e));
        } catch (RuntimeException | Error e) {
            lose(new Lost("The monitor of " + options.name() + " was closed by an internal error.", false, e));
            throw e;
        }
    }

    private static Lost unexpectedEnd(Throwable cause) {
        return new Lost("qemu unexpectedly closed the monitor", false, true, cause);
    }

    /** Takes one line. Only tables and queues here: this thread must not wait for anybody. */
    private void heard(byte[] line) {
        if (line.length == 0 || line.length == 1 && line[0] == '\r') {
            return;
        }
        Json.Obj message = JsonText.read(line).asObject();
        if (message.has("event")) {
            Json.Obj data = message.optObject("data").orElse(Json.EMPTY);
            QmpEvent event = QmpEvent.of(message.text("event"), data);
            if (event instanceof QmpEvent.Resume) {
                resumes++; // by this thread alone
            }
            notices.add(new Notice.Event(event, timestamp(message)));
        } else if (message.has("QMP")) {
            greeting.complete(message);
        } else {
            answered(message);
        }
    }

    private void answered(Json.Obj message) {
        Optional<Waiting> whose;
        state.lock();
        try {
            whose = message.optText("id").isPresent()
                    ? Optional.ofNullable(waiting.remove(message.text("id")))
                    : Optional.ofNullable(waiting.pollFirstEntry()).map(Map.Entry::getValue);
        } finally {
            state.unlock();
        }
        whose.ifPresentOrElse(one -> one.answer().complete(message),
                () -> LOG.log(Level.DEBUG, "{0}: an answer came that nobody waits for any more: {1}",
                        options.name(), message.get("id")));
    }

    private Instant timestamp(Json.Obj message) {
        Optional<Json.Obj> stamp = message.optObject("timestamp");
        long seconds = stamp.map(s -> s.integer("seconds")).orElse(-1L);
        if (seconds < 0) {
            return options.clock().instant(); // QEMU says -1 when it cannot read its clock.
        }
        return Instant.ofEpochSecond(seconds, stamp.get().integer("microseconds") * 1000);
    }

    private void eventLoop() {
        try {
            while (true) {
                switch (notices.take()) {
                    case Notice.Event(QmpEvent event, Instant at) -> tell(() -> listener.event(event, at));
                    case Notice.Over(Lost why) -> {
                        tell(() -> listener.disconnected(disconnected("", why, false)));
                        eventsOver = true; // Whoever marks after this sees it; the marks before are met here.
                        for (Notice left = notices.poll(); left != null; left = notices.poll()) {
                            if (left instanceof Notice.Marker(CompletableFuture<Void> reached)) {
                                reached.complete(null);
                            }
                        }
                        return;
                    }
                    case Notice.Marker(CompletableFuture<Void> reached) -> reached.complete(null);
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody knows this thread", e);
        }
    }

    private void tell(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "A listener to the events of " + options.name() + " failed.", e);
        } finally {
            Thread.interrupted(); // What a listener did to its thread must not end the next one's.
        }
    }
}

package dev.godwit.cli.command;

import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.UsageException;
import dev.godwit.cli.text.Json;
import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.client.Domains.By;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** What a command works with: the connection, opened when it is first needed, and the streams. */
public final class Session implements AutoCloseable {

    /** Larger definitions than this are not read: {@code virsh} has the same bound. */
    private static final long MAX_XML_BYTES = 10L << 20;

    private static final Set<By> ANY = EnumSet.allOf(By.class);

    private final Streams streams;
    private final BiFunction<String, Settings, Connection> connector;
    private Settings settings;
    private Optional<Connection> connection = Optional.empty();
    private boolean leaving;

    /**
     * A session without a connection yet.
     *
     * @param streams   where to read and write
     * @param settings  what was said before the command's name
     * @param connector opens connections, from what a user writes for a URI
     */
    public Session(Streams streams, Settings settings, BiFunction<String, Settings, Connection> connector) {
        this.streams = streams;
        this.settings = settings;
        this.connector = connector;
    }

    /** Where to read and write. */
    public Streams streams() {
        return streams;
    }

    /** What was said before the command's name. */
    public Settings settings() {
        return settings;
    }

    /**
     * The connection, opened now if need be, and again where the last one was lost.
     *
     * @throws CommandFailed if it cannot be opened
     */
    public Connection connection() {
        if (connection.isPresent() && connection.get().ended().isEmpty()) {
            return connection.get();
        }
        close();
        prepare();
        try {
            Connection opened = connect(settings.uri(), settings);
            connection = Optional.of(opened);
            return opened;
        } catch (VirtException e) {
            throw new CommandFailed("failed to connect to the hypervisor", e.getMessage());
        }
    }

    /**
     * Has done what comes before a first connection, on two threads: there is mostly a second processor, and the JDK
     * takes as long for a first socket as this program for all the rest.
     */
    private void prepare() {
        String uri = settings.uri();
        Thread sockets = Thread.ofPlatform().name("sockets").daemon().unstarted(() -> Connection.prepareSockets(uri));
        sockets.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        sockets.start();
        Connection.layOutAhead();
    }

    /**
     * Connects as a program without jars would: the JDK looks through all jars of the thread's class loader for somebody
     * who resolves names of hosts, which takes it longer than to connect, and the platform's loader has none.
     */
    private Connection connect(String uri, Settings how) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
        try {
            return connector.apply(uri, how);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** The connection, if one was opened. */
    public Optional<Connection> opened() {
        return connection;
    }

    /**
     * Opens another connection, which the caller closes.
     *
     * @param uri where to
     * @throws VirtException if it cannot be opened
     */
    public Connection openOther(String uri) {
        return connect(uri, settings.withUri(uri, false));
    }

    /** Turns to another host; the connection is opened when it is needed. */
    public void turnTo(String uri, boolean readOnly) {
        close();
        settings = settings.withUri(uri, readOnly);
    }

    /** Ends an interactive session after this command. */
    public void leave() {
        leaving = true;
    }

    /** Whether the session is to end. */
    public boolean leaving() {
        return leaving;
    }

    /**
     * The guest that a command's first argument names.
     *
     * @throws CommandFailed if there is none
     */
    public Domain domain(Arguments arguments) {
        return domain(arguments.required("domain"), ANY);
    }

    /**
     * The guest that a word names.
     *
     * @param word by id, UUID or name
     * @param by   which of them
     * @throws CommandFailed if there is none
     */
    public Domain domain(String word, Set<By> by) {
        return connection().domains().find(word, by)
                .orElseThrow(() -> new CommandFailed("failed to get domain '" + word + "'"));
    }

    /** Prints a result. */
    public void print(String text) {
        streams.out().print(text);
    }

    /** Prints a result whose line the blank line after each command ends; there is none in quiet mode. */
    public void printOpenLine(String text) {
        print(text + (settings.quiet() ? "\n" : ""));
    }

    /** Prints what people want to know and scripts do not. */
    public void remark(String text) {
        if (!settings.quiet()) {
            streams.out().print(text);
        }
    }

    /** Prints to standard error, after all that went to standard output before. */
    public void complain(String text) {
        streams.out().flush();
        streams.err().print(text);
        streams.err().flush();
    }

    /** Whether a result is wanted as JSON. */
    public boolean json(Arguments arguments) {
        String format = arguments.text("output").orElse(settings.json() ? "json" : "text");
        return switch (format) {
            case "json" -> true;
            case "text" -> false;
            default -> throw new UsageException("unknown output '" + format + "', expecting text or json");
        };
    }

    /** Prints a result as JSON. */
    public void printJson(Object value) {
        print(Json.text(value));
    }

    /** A step of a command. */
    @FunctionalInterface
    public interface Step<T> {
        /** Does it. */
        T run();
    }

    /**
     * Does one step, and says what could not be done before it says why.
     *
     * @param failure what could not be done
     * @param step    the step
     * @throws CommandFailed if the host refuses
     */
    public <T> T attempt(String failure, Step<T> step) {
        try {
            return step.run();
        } catch (VirtException e) {
            throw new CommandFailed(failure, e.getMessage());
        }
    }

    /** {@link #attempt} without a result. */
    public void attempt(String failure, Runnable step) {
        attempt(failure, () -> {
            step.run();
            return true;
        });
    }

    /**
     * A file's text.
     *
     * @param file its path; {@code /dev/stdin} is standard input
     * @throws CommandFailed if it cannot be read
     */
    public String read(String file) {
        try {
            byte[] bytes;
            try (var in = Files.newInputStream(Path.of(file))) {
                bytes = in.readNBytes((int) MAX_XML_BYTES + 1);
            }
            if (bytes.length > MAX_XML_BYTES) {
                throw new CommandFailed("Failed to read file '" + file + "': Value too large for defined data type");
            }
            return StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes)).toString();
        } catch (NoSuchFileException e) {
            throw new CommandFailed("Failed to open file '" + file + "': No such file or directory");
        } catch (CharacterCodingException e) {
            throw new CommandFailed("Failed to read file '" + file + "': it is not UTF-8 text");
        } catch (IOException | InvalidPathException e) {
            throw new CommandFailed("Failed to open file '" + file + "': " + e.getMessage());
        }
    }

    /** Closes the connection, if there is one. */
    @Override
    public void close() {
        connection.ifPresent(Connection::close);
        connection = Optional.empty();
    }
}

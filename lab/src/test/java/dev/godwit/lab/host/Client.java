package dev.godwit.lab.host;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A command line that speaks to daemons, run inside a host.
 *
 * @param name for the names of tests, such as "virsh 11.3.0"
 * @param program what is run
 * @param environment what it needs
 */
public record Client(String name, Path program, Map<String, String> environment) {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    /**
     * The same client in another environment.
     *
     * @param more names and values, added to what it needs anyway
     * @return a new value
     */
    public Client with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return new Client(name, program, all);
    }

    /**
     * Runs a command against the daemon of the host that the client runs on.
     *
     * @param host where it runs
     * @param arguments the command and its words
     * @return how it went
     */
    public CommandResult run(LabHost host, String... arguments) {
        return runAt(host, LabHost.LOCAL_URI, arguments);
    }

    /**
     * Runs a command against any daemon.
     *
     * @param host where the client runs
     * @param uri the daemon's connect URI
     * @param arguments options before the command, the command, and its words
     * @return how it went
     */
    public CommandResult runAt(LabMachine host, String uri, String... arguments) {
        CommandResult result = host.run(LIMIT, environment, words(uri, arguments));
        List<String> typed = new ArrayList<>(List.of(name, "-c", uri));
        typed.addAll(List.of(arguments));
        return new CommandResult(typed, result.exit(), result.out(), result.err(), result.took());
    }

    /**
     * Runs a command that names no daemon.
     *
     * @param host where the client runs
     * @param uri the connect URI in the environment, {@code LIBVIRT_DEFAULT_URI}
     * @param arguments the command and its words
     * @return how it went
     */
    public CommandResult runWithDefault(LabMachine host, String uri, String... arguments) {
        Map<String, String> with = new HashMap<>(environment);
        with.put("LIBVIRT_DEFAULT_URI", uri);
        CommandResult result = host.run(
                LIMIT, with, Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList());
        List<String> typed = new ArrayList<>(List.of(name));
        typed.addAll(List.of(arguments));
        return new CommandResult(typed, result.exit(), result.out(), result.err(), result.took());
    }

    /**
     * Starts a command and does not wait for it.
     *
     * @param host where it runs, and whose daemon it speaks to
     * @param output takes what it prints
     * @param arguments the command and its words
     * @return the process that stands for it; kill it with {@link Commands#kill}
     */
    public Process spawn(LabHost host, Path output, String... arguments) {
        return host.spawn(output, environment, words(LabHost.LOCAL_URI, arguments));
    }

    /**
     * Starts a command against any daemon and does not wait for it.
     *
     * @param host where it runs
     * @param uri the daemon's connect URI
     * @param output takes what it prints
     * @param arguments the command and its words
     * @return the process that stands for it; kill it with {@link Commands#kill}
     */
    public Process spawnAt(LabMachine host, String uri, Path output, String... arguments) {
        return host.spawn(output, environment, words(uri, arguments));
    }

    private List<String> words(String uri, String... arguments) {
        return Stream.concat(Stream.of(program.toString(), "-c", uri), Stream.of(arguments)).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}

package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Stands for systemd where it stops a daemon and starts the next one by the unit that we ship: SIGTERM to the main process alone,
 * SIGKILL when it takes longer than the unit allows, and a start that is over when the daemon has said so.
 */
public final class ServiceUnit implements AutoCloseable {

    private final Map<String, String> keys;
    private final Path notes;
    private final Process listener;

    /**
     * Reads the unit and listens for what daemons say.
     *
     * @param lab the lab
     * @param host whose daemon this is from its next start on
     */
    public ServiceUnit(Lab lab, Godwitd host) {
        try {
            keys = Files.readAllLines(lab.checkout().resolve("daemon/src/main/systemd/godwitd.service")).stream()
                    .filter(line -> !line.startsWith("#") && line.contains("="))
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(line -> line[0], line -> line[1], (first, _) -> first));
            Path socket = host.folder("systemd").resolve("notify");
            notes = host.folder("systemd").resolve("notes");
            listener = new ProcessBuilder("/usr/bin/python3", lab.checkout().resolve("lab/clients/notified.py").toString(),
                    socket.toString(), notes.toString()).inheritIO().start();
            host.export("NOTIFY_SOCKET", socket.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitNote("listening", 1);
    }

    /**
     * Replaces a daemon.
     *
     * @param host whose
     * @param root where the next one is installed, as {@link Godwitd#install} has it
     * @return how long the old one took to end
     */
    public Duration replace(Godwitd host, Path root) {
        if (!"process".equals(keys.get("KillMode")) || !"notify".equals(keys.get("Type"))) {
            throw new AssertionError("The unit would not do what is done here: " + keys);
        }
        long ready = count("READY=1");
        long began = System.nanoTime();
        Process daemon = host.daemon();
        Commands.run("kill", "-TERM", Long.toString(host.daemonPid()));
        try {
            if (!daemon.waitFor(Long.parseLong(keys.get("TimeoutStopSec")), TimeUnit.SECONDS)) {
                throw new AssertionError("The daemon of " + host.name() + " has not ended within TimeoutStopSec: it would be killed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        host.ended();
        host.install(root);
        host.start();
        awaitNote("READY=1", ready + 1);
        return took;
    }

    /** How often daemons said something, such as {@code STOPPING=1}. */
    public long count(String note) {
        try {
            return Files.exists(notes) ? Files.readAllLines(notes).stream().filter(note::equals).count() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitNote(String note, long times) {
        Await.until("\"" + note + "\" for the " + times + ". time in " + notes, Duration.ofSeconds(20), () -> count(note) >= times);
    }

    @Override
    public void close() {
        Commands.kill(listener.toHandle());
        Commands.run("rm", "-rf", notes.getParent().toString());
    }
}

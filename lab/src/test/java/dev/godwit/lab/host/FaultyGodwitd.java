package dev.godwit.lab.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A host with the daemon of this checkout that does at certain points what the lab wants: stops, dies, or finds its disk full. The
 * program is {@code dev.godwit.lab.fault.daemon.FaultyDaemon}, with the libraries of the distribution.
 */
public final class FaultyGodwitd extends Godwitd {

    private static final String PROGRAM = "dev.godwit.lab.fault.daemon.FaultyDaemon";

    /** As {@code bin/godwitd} has them, but without the second compiler, which does not pay in daemons that live for seconds. */
    private static final List<String> OPTIONS = List.of("-Xlog:aot=off", "-Xlog:cds=off", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            "-Xms24m", "-Xmn8m", "-Xmx512m", "-Xss512k", "-Djdk.tls.server.newSessionTicketCount=0", "--enable-native-access=ALL-UNNAMED");

    private final Path checkout;
    private final Path jar;

    FaultyGodwitd(String name, Path folder, LabSite site, Path checkout, Path shared) {
        super(name, folder, site, checkout, shared);
        this.checkout = checkout;
        this.jar = jar();
    }

    /**
     * Where the lab has to listen before the daemon is started.
     *
     * @return a Unix socket
     */
    public Path deskSocket() {
        return folder("faults").resolve("desk");
    }

    @Override
    List<String> daemonCommand() {
        Path cache = cache(checkout);
        List<String> words = new ArrayList<>(List.of(javaHome(checkout) + "/bin/java",
                Files.exists(cache) ? "-XX:AOTCache=" + cache : "-Xshare:auto"));
        words.addAll(OPTIONS);
        words.addAll(List.of("-cp", libraries(checkout) + ":" + jar, PROGRAM,
                deskSocket().toString(), configurationFile().toString()));
        return words;
    }

    /**
     * Makes a cache of loaded classes, with which these daemons start in half the time. It is worth its ten seconds where hundreds are
     * started.
     *
     * @param checkout the root of the checkout
     */
    public static void makeCache(Path checkout) {
        List<String> words = new ArrayList<>(List.of(javaHome(checkout) + "/bin/java", "-XX:AOTCacheOutput=" + cache(checkout)));
        words.addAll(OPTIONS);
        // Its drivers are services of modules, so on a class path it trains without one; the rest is worth having.
        words.addAll(List.of("-cp", libraries(checkout), "dev.godwit.daemon.Godwitd", "--train"));
        cache(checkout).toFile().delete();
        Commands.run(Duration.ofMinutes(5), Map.of(), words);
    }

    private static Path cache(Path checkout) {
        return checkout.resolve("target/dist/faulty.aot");
    }

    private static String libraries(Path checkout) {
        return checkout.resolve("target/dist/lib") + "/*";
    }

    private static String javaHome(Path checkout) {
        try {
            return Files.readString(checkout.resolve("target/dist/java-home")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("Nothing is built", e);
        }
    }

    /** The test classes that run inside the daemon; a jar, because a JVM starts faster from one. */
    private Path jar() {
        Path classes = checkout.resolve("lab/target/test-classes");
        Path made = folder("faults").resolve("points.jar");
        try (Stream<Path> all = Files.walk(classes.resolve("dev/godwit/lab/fault/daemon"));
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(made))) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                try (InputStream in = Files.newInputStream(file)) {
                    in.transferTo(out);
                }
            }
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    Map<String, String> daemonEnvironment() {
        return Map.of();
    }
}

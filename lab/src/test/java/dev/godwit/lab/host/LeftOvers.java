package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a host holds at one moment: processes, the daemon's file descriptors and threads, listening
 * ports and sockets, and files. Two of them show what something left behind.
 *
 * @param processes the programs that run, and how many of each
 * @param descriptors what the daemon has open, and how often
 * @param threads how many platform threads the daemon has
 * @param listening TCP ports and Unix sockets that somebody listens on
 * @param files what lies in the host's folder
 */
public record LeftOvers(
        Map<String, Long> processes,
        Map<String, Long> descriptors,
        int threads,
        Map<String, Long> listening,
        Map<String, Long> files) {

    /** A pool may add a thread when it is busy; a leak of one a migration shows far above that. */
    private static final int THREADS_OF_A_POOL = 6;

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Of a host's folders, those that are there to be filled. */
    private static final List<String> LASTING = List.of("log", "qemu-log", "cache");

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /**
     * Looks at a host whose daemon runs.
     *
     * @param host the host
     * @return what it holds now
     */
    public static LeftOvers of(LabHost host) {
        Path daemon = Path.of("/proc/" + host.daemonPid());
        return new LeftOvers(
                count(host.space().processes().stream().map(LeftOvers::program).flatMap(Optional::stream)),
                count(entries(daemon.resolve("fd")).map(LeftOvers::target).flatMap(Optional::stream)),
                (int) entries(daemon.resolve("task")).count(),
                count(Stream.concat(
                        listeningPorts(daemon.resolve("net/tcp"), "0A"),
                        listeningSockets(daemon.resolve("net/unix")))),
                count(filesBelow(host.folder())));
    }

    /**
     * Waits until a host holds nothing more than before.
     *
     * @param host the host
     * @param before what it held
     * @throws AssertionError that names what is left over, if that does not happen in 20 seconds
     */
    public static void awaitNone(LabHost host, LeftOvers before) {
        try {
            Await.until("nothing left over on " + host, PATIENCE, () -> of(host).beyond(before).isEmpty());
        } catch (AssertionError e) {
            List<String> left = of(host).beyond(before);
            if (!left.isEmpty()) {
                throw new AssertionError("Left over on " + host + ":\n" + String.join("\n", left), e);
            }
        }
    }

    /**
     * What is here and was not there before.
     *
     * @param before what the host held
     * @return a line for each thing; empty for nothing left over
     */
    public List<String> beyond(LeftOvers before) {
        List<String> left = new ArrayList<>();
        more("process", processes, before.processes, left);
        more("file descriptor", descriptors, before.descriptors, left);
        more("listening socket", listening, before.listening, left);
        more("file", files, before.files, left);
        if (threads > before.threads + THREADS_OF_A_POOL) {
            left.add("threads: " + before.threads + " before, " + threads + " now");
        }
        return left;
    }

    private static void more(String what, Map<String, Long> now, Map<String, Long> before, List<String> left) {
        now.forEach((name, count) -> {
            long was = before.getOrDefault(name, 0L);
            if (count > was) {
                left.add(what + ": " + name + ", " + was + " before, " + count + " now");
            }
        });
    }

    private static Map<String, Long> count(Stream<String> names) {
        try (names) {
            return names.collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
        }
    }

    private static Optional<String> program(long pid) {
        return ProcessHandle.of(pid).flatMap(process -> process.info().command());
    }

    /** Descriptors without numbers: "socket:", "pipe:", a path. */
    private static Optional<String> target(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return Optional.of(target.startsWith("/") ? target : target.replaceAll("\\[\\d+]", ""));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    private static Stream<String> listeningPorts(Path table, String listen) {
        return lines(table).skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns[3].equals(listen))
                .map(columns -> "TCP port " + Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16));
    }

    /** Flag 00010000 in the table marks a socket that listens. */
    private static Stream<String> listeningSockets(Path table) {
        return lines(table).skip(1)
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length > 7 && columns[3].equals("00010000"))
                .map(columns -> "Unix socket " + anyNumber(columns[7]));
    }

    /**
     * All files but logs and caches, and of the folders those that belong to one guest: they have its
     * id in their name. The others are made once and stay.
     */
    private static Stream<String> filesBelow(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> !LASTING.contains(folder.relativize(file).getName(0).toString()))
                    .filter(file -> !Files.isDirectory(file) || NUMBER.matcher(file.getFileName().toString()).find())
                    .map(file -> anyNumber(folder.relativize(file).toString()))
                    .toList()
                    .stream();
        } catch (UncheckedIOException | IOException changing) {
            if (changing instanceof NoSuchFileException || changing.getCause() instanceof NoSuchFileException) {
                return filesBelow(folder);
            }
            throw new AssertionError(changing);
        }
    }

    /** A domain's id is in some names, and grows with every start. */
    private static String anyNumber(String name) {
        Matcher number = NUMBER.matcher(name);
        return number.replaceAll("N");
    }

    private static Stream<Path> entries(Path folder) {
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

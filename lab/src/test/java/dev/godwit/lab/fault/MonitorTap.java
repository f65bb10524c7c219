package dev.godwit.lab.fault;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A second monitor of one QEMU, which its daemon knows nothing of: whether the guest's CPUs run, and since when, in QEMU's own words.
 */
final class MonitorTap {

    private static final Pattern EVENT = Pattern.compile("\"event\": \"(STOP|RESUME)\"");
    private static final Pattern SECONDS = Pattern.compile("\"seconds\": (\\d+)");
    private static final Pattern MICROSECONDS = Pattern.compile("\"microseconds\": (\\d+)");
    private static final Pattern STATUS = Pattern.compile("\"status\": \"([a-z-]+)\"");
    private static final Pattern RAM_TOTAL = Pattern.compile("\"ram\": \\{[^}]*\"total\": (\\d+)");
    private static final Pattern RAM_REMAINING = Pattern.compile("\"ram\": \\{[^}]*\"remaining\": (\\d+)");
    private static final long PATIENCE_SECONDS = 10;

    private final String host;
    private final SocketChannel monitor;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    /** Guarded by this, as everything below. */
    private final List<Span> spans = new ArrayList<>();
    private Optional<Long> running = Optional.empty();
    private boolean ended;

    /**
     * A time in which the CPUs ran, by the wall clock that all hosts of the lab share.
     *
     * @param host  where
     * @param since in microseconds since 1970
     * @param until the same; when they still run, the time of the question
     */
    record Span(String host, long since, long until) {

        boolean overlaps(Span other) {
            return since < other.until && other.since < until;
        }

        @Override
        public String toString() {
            return host + " from " + since + " to " + until;
        }
    }

    private MonitorTap(String host, SocketChannel monitor) {
        this.host = host;
        this.monitor = monitor;
    }

    /**
     * Connects to a QEMU that has just been started.
     *
     * @param host   where it runs
     * @param socket its second monitor
     * @return empty when it has ended already
     */
    static Optional<MonitorTap> of(String host, Path socket) {
        try {
            MonitorTap tap = new MonitorTap(host, connect(socket));
            Thread.ofPlatform().daemon().name("tap of " + socket.getFileName()).start(tap::listen);
            tap.ask("qmp_capabilities");
            if (tap.status().filter("running"::equals).isPresent()) {
                tap.note(true, now());
            }
            return Optional.of(tap);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The file is there a moment before somebody listens. */
    private static SocketChannel connect(Path socket) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                return channel;
            } catch (IOException e) {
                channel.close();
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    private void listen() {
        try (BufferedReader lines = new BufferedReader(Channels.newReader(monitor, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Matcher event = EVENT.matcher(line);
                if (event.find()) {
                    note(event.group(1).equals("RESUME"),
                            number(SECONDS, line).orElseThrow() * 1_000_000 + number(MICROSECONDS, line).orElseThrow());
                } else if (line.startsWith("{\"return\"") || line.startsWith("{\"error\"")) {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
        note(false, now());
        synchronized (this) {
            ended = true;
        }
        answers.add(""); // for whoever waits
    }

    private synchronized void note(boolean runs, long micros) {
        if (runs && running.isEmpty()) {
            running = Optional.of(micros);
        } else if (!runs && running.isPresent()) {
            spans.add(new Span(host, running.get(), micros));
            running = Optional.empty();
        }
    }

    private static long now() {
        return System.currentTimeMillis() * 1000;
    }

    private static Optional<Long> number(Pattern pattern, String line) {
        Matcher matcher = pattern.matcher(line);
        return matcher.find() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
    }

    /** Empty when the QEMU has ended meanwhile. */
    private Optional<String> ask(String command) {
        synchronized (answers) {
            try {
                answers.clear();
                monitor.write(ByteBuffer.wrap(("{\"execute\": \"" + command + "\"}\n").getBytes(StandardCharsets.UTF_8)));
                String answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (answer == null) {
                    throw new AssertionError("QEMU on " + host + " does not answer " + command);
                }
                return Optional.of(answer).filter(text -> !text.isEmpty());
            } catch (IOException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    /** Where it runs. */
    String host() {
        return host;
    }

    /** Whether there is a QEMU at the other end. */
    synchronized boolean alive() {
        return !ended;
    }

    /** QEMU's word for what the guest does: {@code running}, {@code inmigrate}, {@code postmigrate}, …; empty when it has ended. */
    Optional<String> status() {
        return ask("query-status").flatMap(MonitorTap::status);
    }

    private static Optional<String> status(String answer) {
        Matcher status = STATUS.matcher(answer);
        return status.find() ? Optional.of(status.group(1)) : Optional.empty();
    }

    /**
     * How much of the guest has been sent, in percent of its memory; empty when nothing is being sent. QEMU goes on telling the numbers of
     * a migration that has ended.
     */
    Optional<Long> percentSent() {
        Optional<String> sending = ask("query-migrate").filter(answer -> status(answer).filter("active"::equals).isPresent());
        return sending.flatMap(answer -> number(RAM_TOTAL, answer).filter(total -> total > 0).flatMap(
                total -> number(RAM_REMAINING, answer).map(left -> (total - left) * 100 / total)));
    }

    /** When the CPUs ran. */
    synchronized List<Span> spans() {
        List<Span> all = new ArrayList<>(spans);
        running.ifPresent(since -> all.add(new Span(host, since, now())));
        return all;
    }

    @Override
    public String toString() {
        return "QEMU on " + host + (alive() ? "" : ", ended") + ", ran " + spans();
    }
}

package dev.godwit.driver.qemu.qmp;

import dev.godwit.driver.qemu.process.MonitorSocket;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Starts real QEMUs, and writes the scene down where a recording is wanted. */
final class LiveStage implements Stage {

    private final String qemu;
    private final Path dir;
    private final Optional<Path> recordTo;
    private final Scene scene = Scene.empty();
    private final List<QemuProcess> processes = new ArrayList<>();
    private final List<QmpConnection> opened = new ArrayList<>();

    LiveStage(String qemu, Path dir, Optional<Path> recordTo) {
        this.qemu = qemu;
        this.dir = dir;
        this.recordTo = recordTo;
    }

    @Override
    public QmpConnection open(String role, List<String> arguments, QmpListener listener) {
        Path socket = dir.resolve(role + ".sock");
        var command = new ArrayList<>(List.of(qemu, "-name", "guest=" + role, "-display", "none", "-nodefaults",
                "-qmp", "unix:" + socket + ",server=on,wait=off"));
        command.addAll(arguments);
        var log = new QemuLog(dir.resolve(role + ".log"), Instant::now);
        QemuProcess process = QemuLauncher.usual(System.getenv()).start(command, log, "starting up");
        processes.add(process);
        ByteChannel channel = MonitorSocket.connect(socket, process, Duration.ofSeconds(30));
        if (recordTo.isPresent()) {
            channel = new RecordingChannel(channel, lines(role));
        }
        QmpConnection monitor = QmpConnection.open(channel,
                new QmpConnection.Options(role, Instant::now).withWhyLost(log::tail), listener);
        opened.add(monitor);
        return monitor;
    }

    QemuProcess process(int index) {
        return processes.get(index);
    }

    private List<Scene.Line> lines(String role) {
        return scene.conversations().computeIfAbsent(role, key -> new ArrayList<>());
    }

    @Override
    public String word(String name, Supplier<String> live) {
        return scene.words().computeIfAbsent(name, key -> live.get());
    }

    @Override
    public boolean isLive() {
        return true;
    }

    @Override
    public void close() {
        opened.forEach(QmpConnection::close);
        processes.forEach(process -> process.terminate(Duration.ofSeconds(10)));
        recordTo.ifPresent(file -> {
            try {
                scene.write(file);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Writes down the whole lines that go through it. */
    private static final class RecordingChannel implements ByteChannel {

        private final ByteChannel channel;
        private final List<Scene.Line> lines;
        private final StringBuilder heard = new StringBuilder();
        private final StringBuilder said = new StringBuilder();

        RecordingChannel(ByteChannel channel, List<Scene.Line> lines) {
            this.channel = channel;
            this.lines = lines;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            int begin = into.position();
            int count = channel.read(into);
            if (count > 0) {
                note(heard, false, into.duplicate().flip().position(begin));
            }
            return count;
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            ByteBuffer view = from.duplicate();
            // Written down before it is sent, or its answer could come first.
            note(said, true, view);
            while (from.hasRemaining()) {
                channel.write(from);
            }
            return view.limit();
        }

        private void note(StringBuilder partial, boolean ours, ByteBuffer bytes) {
            synchronized (lines) {
                partial.append(StandardCharsets.ISO_8859_1.decode(bytes));
                for (int end = partial.indexOf("\n"); end >= 0; end = partial.indexOf("\n")) {
                    lines.add(new Scene.Line(ours, Json.parse(partial.substring(0, end).strip()).asObject()));
                    partial.delete(0, end + 1);
                }
            }
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}

package dev.godwit.driver.qemu.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Plays recorded QEMUs: says what they said, and fails when it hears something else than they did. */
final class RecordedStage implements Stage {

    private final Scene scene;
    private final Path dir;
    private final Map<String, CompletableFuture<Void>> players = new LinkedHashMap<>();
    private final List<QmpConnection> opened = new ArrayList<>();

    RecordedStage(String name, Path dir) {
        try (InputStream in = RecordedStage.class.getResourceAsStream("/qmp/scenes/" + name + ".json")) {
            if (in == null) {
                throw new AssertionError("There is no recorded scene " + name);
            }
            this.scene = Scene.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.dir = dir;
    }

    RecordedStage(Scene scene, Path dir) {
        this.scene = scene;
        this.dir = dir;
    }

    @Override
    public QmpConnection open(String role, List<String> arguments, QmpListener listener) {
        List<Scene.Line> lines = scene.conversations().get(role);
        if (lines == null) {
            throw new AssertionError("There is no " + role + " in the recorded scene.");
        }
        try {
            var address = UnixDomainSocketAddress.of(dir.resolve(role + ".sock"));
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
            players.put(role, CompletableFuture.runAsync(() -> play(role, server, lines), Thread::startVirtualThread));
            QmpConnection monitor = QmpConnection.open(SocketChannel.open(address), new QmpConnection.Options(role,
                    Instant::now, Duration.ofSeconds(20), Duration.ofSeconds(20), Optional::empty), listener);
            opened.add(monitor);
            return monitor;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void play(String role, ServerSocketChannel server, List<Scene.Line> lines) {
        try (server; SocketChannel us = server.accept();
                var fromUs = new BufferedReader(Channels.newReader(us, StandardCharsets.UTF_8))) {
            for (Scene.Line line : lines) {
                if (line.ours()) {
                    String heard = fromUs.readLine();
                    if (heard == null) {
                        throw new AssertionError(role + ": nothing was said, where the recording has " + line.message());
                    }
                    if (!Json.parse(heard).equals(line.message())) {
                        throw new AssertionError(role + ": " + heard + " was said, where the recording has "
                                + line.message());
                    }
                } else {
                    us.write(ByteBuffer.wrap((line.message() + "\r\n").getBytes(StandardCharsets.UTF_8)));
                }
            }
            if (lines.stream().anyMatch(line -> line.ours() && line.message().text("execute").equals("quit"))) {
                return; // as QEMU does, which then closes its monitor
            }
            String more = fromUs.readLine();
            if (more != null) {
                throw new AssertionError(role + ": " + more + " was said after the end of the recording");
            }
        } catch (IOException e) {
            throw new AssertionError(role + ": " + e, e);
        }
    }

    @Override
    public String word(String name, Supplier<String> live) {
        String word = scene.words().get(name);
        if (word == null) {
            throw new AssertionError("There is no word " + name + " in the recorded scene.");
        }
        return word;
    }

    @Override
    public boolean isLive() {
        return false;
    }

    @Override
    public void close() {
        opened.forEach(QmpConnection::close);
        players.values().forEach(CompletableFuture::join);
        if (!players.keySet().equals(scene.conversations().keySet())) {
            throw new AssertionError("The recorded scene has " + scene.conversations().keySet() + " and there were "
                    + players.keySet());
        }
    }
}

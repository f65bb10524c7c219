package dev.godwit.bench;

import dev.godwit.lab.host.Await;
import dev.godwit.lab.host.LabGuest;
import dev.godwit.lab.host.LabHost;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A QEMU without any daemon, driven over QMP: what a migration costs at least. */
final class BareQemu implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SocketChannel socket;
    private final BufferedReader lines;

    private BareQemu(SocketChannel socket) throws IOException {
        this.socket = socket;
        this.lines = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8));
    }

    /** Boots the guest on a host. */
    static BareQemu boot(LabHost host, LabGuest guest) {
        return start(host, guest, Optional.empty());
    }

    /** Starts a QEMU that waits for the guest; its vCPUs run as soon as it has come. */
    static BareQemu incoming(LabHost host, LabGuest guest, int port) {
        return start(host, guest, Optional.of("tcp:" + host.address() + ":" + port));
    }

    private static BareQemu start(LabHost host, LabGuest guest, Optional<String> incoming) {
        try {
            Path control = guest.storage().resolve("bare-" + host.name() + ".qmp");
            Files.deleteIfExists(control);
            List<String> command = new ArrayList<>(List.of(
                    "qemu-system-x86_64", "-machine", "q35", "-accel", "tcg", "-cpu", "qemu64",
                    "-m", Integer.toString(guest.memoryMiB()), "-smp", "1",
                    "-display", "none", "-no-user-config", "-nodefaults",
                    "-kernel", guest.boot().resolve("vmlinuz").toString(),
                    "-initrd", guest.boot().resolve("initrd.img").toString(),
                    "-append", guest.kernelCommandLine(),
                    "-chardev", "file,id=serial0,append=on,path=" + guest.serial().file(),
                    "-device", "isa-serial,chardev=serial0",
                    "-qmp", "unix:" + control + ",server=on,wait=off", "-daemonize"));
            incoming.ifPresent(uri -> command.addAll(List.of("-incoming", uri)));
            host.run(Duration.ofSeconds(30), command).expectSuccess();
            SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
            socket.connect(UnixDomainSocketAddress.of(control));
            BareQemu qemu = new BareQemu(socket);
            qemu.lines.readLine(); // the greeting
            qemu.execute("{\"execute\":\"qmp_capabilities\"}");
            return qemu;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Sends the guest and waits until it is there.
     *
     * @return QEMU's own figures
     */
    Own migrate(LabHost to, int port) {
        // As libvirt does: as fast as the network can.
        execute("{\"execute\":\"migrate-set-parameters\",\"arguments\":{\"max-bandwidth\":8796093022207}}");
        execute("{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"tcp:" + to.address() + ":" + port + "\"}}");
        String answer = Await.value("the bare migration to end", PATIENCE, () ->
                Optional.of(execute("{\"execute\":\"query-migrate\"}")).filter(text -> text.contains("\"completed\"")));
        return new Own(number(answer, "total-time"), number(answer, "downtime"));
    }

    /** Waits until the guest has come and runs here. */
    void awaitRunning() {
        Await.until("the guest to run at the destination", PATIENCE, () ->
                execute("{\"execute\":\"query-status\"}").contains("\"running\""));
    }

    /**
     * QEMU's own figures.
     *
     * @param totalMs from the command to the end
     * @param downtimeMs without running vCPUs, as the source sees it
     */
    record Own(double totalMs, double downtimeMs) {}

    private static double number(String text, String name) {
        Matcher number = Pattern.compile("\"" + name + "\": (\\d+)").matcher(text);
        if (!number.find()) {
            throw new IllegalStateException("No " + name + " in " + text);
        }
        return Double.parseDouble(number.group(1));
    }

    private String execute(String command) {
        try {
            socket.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
            String line = lines.readLine();
            while (line != null && line.contains("\"event\"")) {
                line = lines.readLine();
            }
            if (line == null || line.contains("\"error\"")) {
                throw new IllegalStateException(command + " was answered with " + line);
            }
            return line;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends QEMU. */
    @Override
    public void close() {
        try (socket) {
            execute("{\"execute\":\"quit\"}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

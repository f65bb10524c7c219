package dev.godwit.lab.fault;

import dev.godwit.lab.host.LabGuest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A {@link MonitorTap} on every QEMU that a guest ever has, on whichever host: the guest's definition names an emulator of ours, which
 * adds a second monitor and becomes QEMU.
 */
final class MonitorTaps implements AutoCloseable {

    private final Path folder;
    private final Path emulator;
    private final WatchService watch;
    private final List<MonitorTap> taps = new ArrayList<>();

    /**
     * Begins to watch.
     *
     * @param folder a folder of its own, which all hosts see
     */
    MonitorTaps(Path folder) {
        this.folder = folder;
        try {
            Files.createDirectories(folder);
            emulator = Files.writeString(folder.resolve("emulator"), """
                    #!/bin/sh
                    # QEMU with one more monitor, in a file that says on which host and in which process it runs.
                    case "$*" in
                    *guest=*)
                        read -r host </proc/sys/kernel/hostname
                        set -- "$@" -qmp "unix:%s/$host.$$.monitor,server=on,wait=off" ;;
                    esac
                    exec /usr/bin/qemu-system-x86_64 "$@"
                    """.formatted(folder));
            Files.setPosixFilePermissions(emulator, PosixFilePermissions.fromString("rwxr-xr-x"));
            watch = folder.getFileSystem().newWatchService();
            folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofPlatform().daemon().name("watches " + folder).start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                WatchKey key = watch.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    Path file = folder.resolve((Path) event.context());
                    if (file.toString().endsWith(".monitor")) {
                        String host = file.getFileName().toString().split("\\.")[0];
                        MonitorTap.of(host, file).ifPresent(this::add);
                    }
                }
                key.reset();
            }
        } catch (InterruptedException | ClosedWatchServiceException e) {
            // Closed.
        }
    }

    private synchronized void add(MonitorTap tap) {
        taps.add(tap);
    }

    /** The guest's definition, with the emulator that can be tapped. */
    Path prepare(LabGuest guest) {
        Path file = guest.prepare();
        try {
            return Files.writeString(file, guest.xml().replaceFirst(
                    "<devices>", "<devices>\n    <emulator>" + emulator + "</emulator>"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All QEMUs so far, the oldest first. */
    synchronized List<MonitorTap> all() {
        return List.copyOf(taps);
    }

    /** The one that lives on a host; the newest, should there be several. */
    Optional<MonitorTap> on(String host) {
        return all().reversed().stream().filter(tap -> tap.host().equals(host) && tap.alive()).findFirst();
    }

    /** What the QEMUs say that live: {@code kvm1 running}. */
    List<String> statuses() {
        return all().stream().filter(MonitorTap::alive)
                .flatMap(tap -> tap.status().map(status -> tap.host() + " " + status).stream()).toList();
    }

    /** Two times at which CPUs of the guest ran and that overlap, should there be such. */
    Optional<String> twoAtOnce() {
        List<MonitorTap.Span> spans = all().stream().flatMap(tap -> tap.spans().stream()).toList();
        return spans.stream().flatMap(one -> spans.stream()
                        .filter(other -> one != other && spans.indexOf(one) < spans.indexOf(other) && one.overlaps(other))
                        .map(other -> "it ran at once on " + one + " and on " + other))
                .findFirst();
    }

    /** Forgets those that have ended. */
    synchronized void forget() {
        taps.removeIf(tap -> !tap.alive());
    }

    @Override
    public void close() {
        try {
            watch.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

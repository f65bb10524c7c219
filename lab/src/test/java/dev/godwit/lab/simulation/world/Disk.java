package dev.godwit.lab.simulation.world;

import dev.godwit.guest.FileAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The files of one host. A program that is killed loses nothing that it wrote; a host whose power fails loses, file by file, what was
 * not to be durable.
 */
public final class Disk implements FileAccess {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private final String host;
    private final Trace trace;
    private final SplittableRandom dice;
    private final Runnable moment;
    private final JournalDisk journal;
    private final Map<Path, Entry> cached = new TreeMap<>();
    private final Map<Path, Entry> durable = new TreeMap<>();
    private boolean full;
    private boolean failing;

    private sealed interface Entry {}

    private record Content(String text) implements Entry {}

    private record Link(Path target) implements Entry {}

    /**
     * An empty disk.
     *
     * @param host   whose
     * @param trace  hears what happens
     * @param moment done at every change
     * @param dice   choose what is lost
     */
    public Disk(String host, Trace trace, Runnable moment, SplittableRandom dice) {
        this.host = host;
        this.trace = trace;
        this.moment = moment;
        this.dice = dice;
        this.journal = new JournalDisk(this, host, "migrations.journal", dice.split());
    }

    /** The host has booted: its kernel gives the boot a name. */
    public void booted(int boot) {
        put(BOOT_ID, new Content("boot " + boot), false);
    }

    /** Makes it full, or not. */
    public void full(boolean isFull) {
        full = isFull;
    }

    /** Whether it is full now. */
    public boolean isFull() {
        return full;
    }

    /** Makes it fail where something is to be safe, or not. */
    public void failing(boolean fails) {
        failing = fails;
    }

    /** Whether it fails now. */
    public boolean isFailing() {
        return failing;
    }

    /** The journal's file. */
    public JournalDisk journal() {
        return journal;
    }

    /** The power fails: what was not durable is lost, or not. */
    public void powerFails() {
        journal.powerFails();
        for (Path file : List.copyOf(cached.keySet())) {
            Entry safe = durable.get(file);
            if (!cached.get(file).equals(safe)) {
                if (safe == null && dice.nextBoolean()) {
                    cached.remove(file);
                } else if (safe != null && dice.nextBoolean()) {
                    cached.put(file, safe);
                }
            }
        }
        durable.clear();
        durable.putAll(cached);
    }

    /** All files, in order. */
    public List<Path> all() {
        return List.copyOf(cached.keySet());
    }

    @Override
    public List<String> names(Path folder) {
        return cached.keySet().stream()
                .filter(path -> folder.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    @Override
    public Optional<String> read(Path file, int maxBytes) throws IOException {
        return switch (cached.get(file)) {
            case null -> Optional.empty();
            case Link(Path target) -> read(target, maxBytes);
            case Content(String text) -> {
                if (text.getBytes(StandardCharsets.UTF_8).length > maxBytes) {
                    throw new IOException("It is longer than " + maxBytes + " bytes");
                }
                yield Optional.of(text);
            }
        };
    }

    @Override
    public void write(Path file, String content, boolean isDurable) throws IOException {
        Thread.yield();
        if (full) {
            trace.say(host, () -> "disk is full: " + file + " is not written");
            throw new IOException("No space left on device");
        }
        if (failing && isDurable) {
            trace.say(host, () -> "disk fails: " + file + " is not written");
            throw new IOException("Input/output error");
        }
        trace.say(host, () -> "writes " + file);
        put(file, new Content(content), isDurable);
        happened();
    }

    @Override
    public void delete(Path file) {
        if (!cached.containsKey(file)) {
            return;
        }
        Thread.yield();
        trace.say(host, () -> "deletes " + file);
        cached.remove(file);
        durable.remove(file);
        happened();
    }

    @Override
    public void link(Path link, Path target) throws IOException {
        Thread.yield();
        if (full) {
            throw new IOException("No space left on device");
        }
        if (!cached.containsKey(link)) {
            put(link, new Link(target), true);
        }
        happened();
    }

    @Override
    public boolean exists(Path file) {
        return cached.containsKey(file);
    }

    @Override
    public void rename(Path file, Path newName) throws IOException {
        Thread.yield();
        Entry entry = cached.remove(file);
        if (entry == null) {
            throw new IOException("There is no " + file);
        }
        durable.remove(file);
        put(newName, entry, true);
        happened();
    }

    void say(Supplier<String> what) {
        trace.say(host, what);
    }

    private void put(Path file, Entry entry, boolean isDurable) {
        cached.put(file, entry);
        if (isDurable) {
            durable.put(file, entry);
        }
    }

    /** What was written is there before whoever wrote it goes on, if it ever does. */
    void happened() {
        moment.run();
        Thread.yield();
    }
}

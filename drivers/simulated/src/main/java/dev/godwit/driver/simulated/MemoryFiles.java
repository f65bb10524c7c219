package dev.godwit.driver.simulated;

import dev.godwit.guest.FileAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** A disk in memory. Can be made to fail. */
public final class MemoryFiles implements FileAccess {

    private final ConcurrentSkipListMap<Path, Entry> entries = new ConcurrentSkipListMap<>();
    private volatile Optional<String> failure = Optional.empty();

    /** An empty disk. */
    public MemoryFiles() {}

    private sealed interface Entry {}

    private record Content(String text) implements Entry {}

    private record Link(Path target) implements Entry {}

    /** Makes every change fail with a reason from now on, or none. */
    public void failure(Optional<String> reason) {
        failure = reason;
    }

    /** All files, in order. */
    public List<Path> all() {
        return List.copyOf(entries.keySet());
    }

    @Override
    public List<String> names(Path folder) {
        return entries.keySet().stream()
                .filter(path -> folder.equals(path.getParent()))
                .map(path -> path.getFileName().toString())
                .sorted()
                .toList();
    }

    @Override
    public Optional<String> read(Path file, int maxBytes) throws IOException {
        return switch (entries.get(file)) {
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
    public void write(Path file, String content, boolean durable) throws IOException {
        requireWorking();
        entries.put(file, new Content(content));
    }

    @Override
    public void delete(Path file) throws IOException {
        requireWorking();
        entries.remove(file);
    }

    @Override
    public void link(Path link, Path target) throws IOException {
        requireWorking();
        entries.putIfAbsent(link, new Link(target));
    }

    @Override
    public boolean exists(Path file) {
        return entries.containsKey(file);
    }

    @Override
    public void rename(Path file, Path newName) throws IOException {
        requireWorking();
        Entry entry = entries.remove(file);
        if (entry == null) {
            throw new IOException("There is no " + file);
        }
        entries.put(newName, entry);
    }

    private void requireWorking() throws IOException {
        if (failure.isPresent()) {
            throw new IOException(failure.get());
        }
    }
}

package dev.godwit.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** A file of a journal that does what another one does. Tests override what is to be different. */
public class ForwardingStorage implements JournalStorage {

    private final JournalStorage file;

    /** The same as another one, which is closed with it. */
    protected ForwardingStorage(JournalStorage file) {
        this.file = file;
    }

    @Override
    public String name() {
        return file.name();
    }

    @Override
    public Optional<ByteBuffer> read() throws IOException {
        return file.read();
    }

    @Override
    public void append(ByteBuffer bytes) throws IOException {
        file.append(bytes);
    }

    @Override
    public void force() throws IOException {
        file.force();
    }

    @Override
    public void truncate(long size) throws IOException {
        file.truncate(size);
    }

    @Override
    public void replace(ByteBuffer content) throws IOException {
        file.replace(content);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}

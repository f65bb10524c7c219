package dev.godwit.driver.qemu.qmp;

import java.util.List;
import java.util.function.Supplier;

/**
 * Where a conversation is held: with a real QEMU, or with a recorded one.
 *
 * <p>See {@link Conversations}.
 */
interface Stage extends AutoCloseable {

    /**
     * Opens the monitor of a QEMU.
     *
     * @param role      which of the QEMUs of this scene
     * @param arguments what it is started with
     * @param listener  hears its events
     */
    QmpConnection open(String role, List<String> arguments, QmpListener listener);

    /** A word that is another one each time, such as a free port: made when live, read when recorded. */
    String word(String name, Supplier<String> live);

    /** Whether what is said is said now, so that it can be checked against the world. */
    boolean isLive();

    /** Ends everything. Fails if something was said that is not in the recording, or less than that. */
    @Override
    void close();
}

package dev.godwit.driver;

import dev.godwit.domain.VirtException;

/**
 * A hypervisor that waits for one guest, with no daemon behind it: the other end of an {@link UnmanagedMigration}. It lets the guest
 * run by itself when all has come, also when whoever started it is gone.
 */
public interface BareReceiver extends AutoCloseable {

    /**
     * What it is to be.
     *
     * @param xml the guest's definition, as its source gives it for a migration
     * @param uri where it waits, in the hypervisor's form: {@code tcp://0.0.0.0:49160}, {@code unix:///run/web1.sock}
     * @param tls whether it takes the guest encrypted only
     */
    record Order(String xml, String uri, boolean tls) {}

    /** Where a source reaches it, as far as it is known here; the address may have to be replaced by this host's. */
    String uri();

    /** The guest's name. */
    String guest();

    /** Where to look for it: its process, its control channel, its log. One line. */
    String description();

    /**
     * Waits until all has come.
     *
     * @return whether the guest runs; one that was paused at the source stays paused here
     * @throws VirtException if it failed, or was closed; nothing of it is left
     */
    boolean await();

    /** Lets go of it. It waits on. */
    void leave();

    /** Ends it if nothing has come yet; lets go of it otherwise. Safe to repeat. */
    @Override
    void close();
}

package dev.godwit.driver;

import java.util.Optional;

/**
 * One hypervisor on one host. What it can do is what it offers.
 *
 * <p>Closing a session leaves its guests running.
 */
public interface HostSession extends AutoCloseable {

    /**
     * A thing this host can do.
     *
     * @param type the facet's interface
     * @return empty when the hypervisor cannot do it
     */
    <F extends Facet> Optional<F> facet(Class<F> type);

    /** Starts the guests marked for autostart that do not run, once after the host's boot. */
    void autostart();

    /** Lets go of the guests without touching them. */
    @Override
    void close();
}

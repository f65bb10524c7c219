package dev.godwit.driver;

import java.util.Optional;

/** A kind of hypervisor. Found as a service, declared in {@code module-info}. */
public interface HypervisorDriver {

    /** The scheme of its connection URIs: {@code qemu}, {@code test}. */
    String scheme();

    /**
     * Opens the hypervisor of one host and finds again the guests that already run there.
     *
     * @param setting who the host is and where its state lives
     * @return the session, ready for calls
     * @throws dev.godwit.domain.VirtException if the hypervisor or the state cannot be used
     */
    HostSession open(HostSetting setting);

    /**
     * Starts a hypervisor that waits for one guest and needs no session.
     *
     * @param setting who the host is, and where logs and sockets go
     * @param order   what it is to be
     * @return it, waiting; empty when the hypervisor has no such thing
     * @throws dev.godwit.domain.VirtException if it cannot be started; nothing of it is left
     */
    default Optional<BareReceiver> receive(HostSetting setting, BareReceiver.Order order) {
        return Optional.empty();
    }
}

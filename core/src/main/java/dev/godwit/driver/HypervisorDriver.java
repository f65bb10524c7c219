package dev.godwit.driver;

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
}

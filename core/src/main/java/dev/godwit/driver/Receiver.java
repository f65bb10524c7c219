package dev.godwit.driver;

import java.util.Optional;

/**
 * What the destination says at the end of PREPARE: how the waiting receiver gets the guest.
 *
 * @param transport where or by whom it waits to be sent the guest
 * @param cookie    for the source's PERFORM
 */
public record Receiver(DataTransport transport, Cookie cookie) {

    /**
     * A receiver that the source's hypervisor reaches by itself.
     *
     * @param uri    the hypervisor-specific migration URI; empty when the one asked for stays as it is
     * @param cookie for the source's PERFORM
     */
    public Receiver(Optional<String> uri, Cookie cookie) {
        this(new DataTransport.Native(uri), cookie);
    }

    /** The hypervisor-specific migration URI; empty when the one asked for stays, and in a tunnel. */
    public Optional<String> uri() {
        return transport instanceof DataTransport.Native(Optional<String> uri) ? uri : Optional.empty();
    }

    /** The way through the daemons, where the guest takes it. */
    public Optional<Tunnel> tunnel() {
        return transport instanceof DataTransport.Tunnelled(Tunnel tunnel) ? Optional.of(tunnel) : Optional.empty();
    }
}

package dev.godwit.driver;

import java.util.Optional;

/** How the guest's data gets from one host to the other. */
public sealed interface DataTransport {

    /**
     * The source's hypervisor sends to the destination's.
     *
     * @param uri the hypervisor-specific migration URI; empty when the one asked for stays as it is
     */
    record Native(Optional<String> uri) implements DataTransport {}

    /**
     * The daemons carry it.
     *
     * @param tunnel the way into the receiver
     */
    record Tunnelled(Tunnel tunnel) implements DataTransport {}
}

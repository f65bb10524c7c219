package dev.godwit.daemon.hypervisor;

import dev.godwit.domain.ErrorDomain;
import dev.godwit.driver.HostSession;

/**
 * A hypervisor that is open.
 *
 * @param scheme  of its connection URIs, such as {@code qemu}
 * @param session what it can do here
 */
public record Hypervisor(String scheme, HostSession session) {

    /** The subsystem its errors come from. */
    public ErrorDomain errors() {
        return switch (scheme) {
            case "qemu" -> ErrorDomain.QEMU;
            case "test" -> ErrorDomain.TEST;
            default -> ErrorDomain.NONE;
        };
    }
}

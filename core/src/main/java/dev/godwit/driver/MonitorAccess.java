package dev.godwit.driver;

import dev.godwit.domain.DomainRef;

/** The hypervisor's own control channel, for people who know what they do (QEMU program, procedure 1). */
public interface MonitorAccess extends Facet {

    /**
     * Sends a command and returns the answer.
     *
     * @param guest   whose monitor
     * @param command a QMP command, or one of the human monitor
     * @param human   which of the two
     * @return the answer as text
     */
    String command(DomainRef guest, String command, boolean human);
}

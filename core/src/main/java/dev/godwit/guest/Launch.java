package dev.godwit.guest;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.UUID;

/**
 * A machine to be made.
 *
 * @param name       the guest's name
 * @param uuid       its identity
 * @param id         the number of this run
 * @param definition its live definition so far, with the id
 * @param incoming   whether it waits for a migration instead of booting
 * @param hints      what the driver's migration side wants its hypervisor to know of an arrival; empty for a boot
 * @param events     where it reports to, from the first moment on
 */
public record Launch(
        String name,
        UUID uuid,
        int id,
        Element definition,
        boolean incoming,
        List<Element> hints,
        MachineEvents events) {

    public Launch {
        hints = List.copyOf(hints);
    }
}

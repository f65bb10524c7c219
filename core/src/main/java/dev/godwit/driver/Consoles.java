package dev.godwit.driver;

import dev.godwit.domain.DomainRef;
import java.nio.channels.ByteChannel;
import java.util.Optional;

/** The consoles of running guests. */
public interface Consoles extends Facet {

    /**
     * Opens a console (procedure 201).
     *
     * @param guest  whose
     * @param device the alias of a console, serial or parallel device; the first console when absent
     * @param force  takes it away from whoever holds it; otherwise a held console is refused
     * @return the guest's output to read and its input to write; closing it, from any thread, lets go
     *         and ends a blocked read
     */
    ByteChannel open(DomainRef guest, Optional<String> device, boolean force);
}

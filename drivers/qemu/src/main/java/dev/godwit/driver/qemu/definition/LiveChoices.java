package dev.godwit.driver.qemu.definition;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * What a host picks for a guest when it starts.
 *
 * @param id the number of the running guest, positive
 * @param channelDirectory where the sockets of channels without a path lie, one directory a guest
 * @param vncAddress where VNC listens unless the definition says otherwise
 * @param freeVncPort picks a port for a VNC server that may have any, 5900 or more
 * @param tapName picks the name of a network device on the host
 */
public record LiveChoices(
        int id, String channelDirectory, String vncAddress, IntSupplier freeVncPort, Supplier<String> tapName) {

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public LiveChoices {
        if (id < 1) {
            throw new IllegalArgumentException("The id of a running guest is positive: " + id);
        }
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How QEMU is started, apart from what the guest is.
 *
 * @param monitorSocket the path of the Unix socket for QMP; QEMU makes it and listens
 * @param incoming whether it waits for a guest from another host
 * @param cpu the CPU in place of the definition's: the one of the migration cookie, which says what the guest has
 *     really seen, or the one this host resolved a host model to
 * @param vhostNet whether virtio interfaces may use the host's kernel ({@code /dev/vhost-net} is there)
 * @param now the time, for clocks that are some seconds off it
 * @param managed whether a daemon stays with it, which lets its CPUs run and sees to it when the guest turns itself off; otherwise
 *     QEMU does both by itself
 */
public record StartOptions(
        String monitorSocket, boolean incoming, Optional<Element> cpu, boolean vhostNet, Instant now,
        boolean managed) {

    /** Refuses missing parts. */
    public StartOptions {
        Objects.requireNonNull(monitorSocket, "monitorSocket");
        Objects.requireNonNull(cpu, "cpu");
        Objects.requireNonNull(now, "now");
    }

    /**
     * An ordinary start.
     *
     * @param monitorSocket the path of the Unix socket for QMP
     * @param now the time
     * @return the options
     */
    public static StartOptions booting(String monitorSocket, Instant now) {
        return new StartOptions(monitorSocket, false, Optional.empty(), false, now, true);
    }

    /**
     * The start of a receiver.
     *
     * @param monitorSocket the path of the Unix socket for QMP
     * @param cpu the CPU from the cookie, if it brought one
     * @param now the time
     * @return the options
     */
    public static StartOptions receiving(String monitorSocket, Optional<Element> cpu, Instant now) {
        return new StartOptions(monitorSocket, true, cpu, false, now, true);
    }
}

package dev.godwit.driver.qemu.capabilities;

import dev.godwit.driver.qemu.qmp.Json;

/** A conversation with a QEMU that was started only to be asked what it can do. */
@FunctionalInterface
public interface QmpExchange {

    /**
     * Sends one command and waits for its reply.
     *
     * @param command its name
     * @param arguments its arguments, possibly none
     * @return the value of {@code return}
     * @throws dev.godwit.driver.qemu.qmp.QmpException if QEMU refuses or is gone
     */
    Json execute(String command, Json.Obj arguments);
}

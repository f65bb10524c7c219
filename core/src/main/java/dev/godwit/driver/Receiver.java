package dev.godwit.driver;

import java.util.Optional;

/**
 * What the destination says at the end of PREPARE: where a paused receiver waits.
 *
 * @param uri    the hypervisor-specific migration URI; empty when the one asked for stays as it is
 * @param cookie for the source's PERFORM
 */
public record Receiver(Optional<String> uri, Cookie cookie) {}

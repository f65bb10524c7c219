package dev.godwit.driver;

import dev.godwit.journal.JournalStorage;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * All that a driver needs to know about the host it works on. The world comes in here: clock, waits,
 * randomness, folders and other hosts.
 *
 * @param host       who the host is
 * @param privileged whether this is the {@code system} instance ({@code session} otherwise)
 * @param configDir  definitions of persistent guests, kept for ever
 * @param stateDir   images of state that survives a reboot (NVRAM, logs)
 * @param runDir     what belongs to running guests; short, because Unix socket paths end at 107 bytes
 * @param logDir     one log a guest
 * @param migration  how guests arrive here
 * @param options    the driver's own configuration, by key
 * @param clock      wall-clock time
 * @param random     for MAC addresses and UUIDs
 * @param waiting    how its threads wait for a time
 * @param journal    opens the file of what this host promises in migrations; belongs to whoever gets it
 * @param peers      how other hosts are asked, and ask this one
 */
public record HostSetting(
        HostIdentity host,
        boolean privileged,
        Path configDir,
        Path stateDir,
        Path runDir,
        Path logDir,
        MigrationSettings migration,
        Map<String, String> options,
        InstantSource clock,
        RandomGenerator random,
        Waiting waiting,
        Supplier<JournalStorage> journal,
        PeerAccess peers) {

    public HostSetting {
        options = Map.copyOf(options);
    }

    /** The same setting for a host of another name: two hosts on one machine, for trials. */
    public HostSetting called(String name) {
        return new HostSetting(new HostIdentity(name, host.uuid()), privileged, configDir, stateDir, runDir, logDir, migration,
                options, clock, random, waiting, journal, peers);
    }
}

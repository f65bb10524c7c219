package dev.godwit.client;

import dev.godwit.driver.Waiting;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;
import java.util.function.Function;

/**
 * What a connection needs of the world besides its channel. {@link #REAL} for everybody but a simulation, which has its own time
 * and one thread for all.
 *
 * @param threads makes a connection's threads
 * @param timers  makes a connection's timer, by its name; the connection closes it
 * @param waiting how the connection's callers wait for a time
 */
public record Ports(Threads threads, Function<String, Timer> timers, Waiting waiting) {

    /** Threads of the operating system and its time. */
    public static final Ports REAL =
            new Ports(Threads.PLATFORM, name -> Timer.real(name, Threads.PLATFORM), Waiting.REAL);
}

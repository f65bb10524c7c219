package dev.godwit.daemon.rpc;

import dev.godwit.driver.Waiting;
import dev.godwit.wire.rpc.Threads;
import dev.godwit.wire.rpc.Timer;

/**
 * What the connections of a daemon need of the world besides their channels. A simulation has its own time and one thread for all.
 *
 * @param threads makes the threads that a stream has for itself
 * @param timer   tells the time, and looks after connections once a second; belongs to whoever made it
 * @param waiting how threads wait for a time
 */
public record Ports(Threads threads, Timer timer, Waiting waiting) {

    /** Threads of the operating system and its time; the timer is to be closed. */
    public static Ports real() {
        return new Ports(Threads.PLATFORM, Timer.real("housekeeping", Threads.PLATFORM), Waiting.REAL);
    }
}

package dev.godwit.wire.rpc;

/**
 * Makes the threads that somebody needs for himself, for as long as a connection or a stream lasts. Code that runs on a virtual
 * thread may make more of them without asking; what is asked for here is a kind.
 */
@FunctionalInterface
public interface Threads {

    /** Threads of the operating system, which keep no program from ending. */
    Threads PLATFORM = name -> Thread.ofPlatform().daemon().name(name);

    /** Virtual threads. A simulation, in which all hosts share one thread of the operating system, can have no others. */
    Threads VIRTUAL = name -> Thread.ofVirtual().name(name);

    /**
     * A thread to be started.
     *
     * @param name what it is called
     * @return makes and starts it
     */
    Thread.Builder named(String name);
}

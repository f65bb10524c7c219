package dev.godwit.driver;

/** The connection a call came over, as far as a driver needs to know it. */
public interface Client {

    /** The daemon itself: a connection that never ends. */
    Client NONE = _ -> () -> {};

    /**
     * Runs an action once when the connection has ended, for whatever reason; at once if it has ended.
     *
     * @param action what to do; must not throw
     * @return taking it back: afterwards the action does not run
     */
    Registration onClose(Runnable action);

    /** A registration that can be taken back. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}

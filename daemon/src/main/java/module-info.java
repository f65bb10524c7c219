/** The host daemon: sockets, sessions, dispatch, and the drivers it serves. */
module dev.godwit.daemon {
    requires dev.godwit.core;
}

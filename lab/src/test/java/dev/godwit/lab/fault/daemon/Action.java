package dev.godwit.lab.fault.daemon;

/** What a daemon does at a point. */
public enum Action {
    /** The thread stops until it is released. */
    STOP,
    /** The process is killed by SIGKILL. */
    DIE,
    /** This one write fails, because the disk is full for a moment. */
    REFUSE,
    /** The disk is full from now on. */
    FULL
}

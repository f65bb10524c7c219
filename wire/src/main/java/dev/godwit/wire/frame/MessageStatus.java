package dev.godwit.wire.frame;

/** How a message went, in the {@code status} word of its header. */
public enum MessageStatus {
    /** A call, a success, an event; in a stream: finished. */
    OK(0),
    /** The payload is an error; from a client in a stream: aborted, without a payload. */
    ERROR(1),
    /** Stream data. */
    CONTINUE(2),
    /** A number that this version does not know. */
    UNKNOWN(-1);

    private final int wire;

    MessageStatus(int wire) {
        this.wire = wire;
    }

    /**
     * The number in the header.
     *
     * @return 0 to 2
     */
    public int wire() {
        return wire;
    }

    static MessageStatus of(int wire) {
        return switch (wire) {
            case 0 -> OK;
            case 1 -> ERROR;
            case 2 -> CONTINUE;
            default -> UNKNOWN;
        };
    }
}

package dev.godwit.wire.frame;

/** What a message is, in the {@code type} word of its header. */
public enum MessageType {
    /** A client asks. */
    CALL(0),
    /** A server answers a call, with a result or an error. */
    REPLY(1),
    /** Nobody asked and nobody answers: events, and keepalive in both directions. */
    MESSAGE(2),
    /** Data, end or failure of a stream, raw and without padding. */
    STREAM(3),
    /** A call with file descriptors; Unix sockets only, and not sent by us. */
    CALL_WITH_FDS(4),
    /** A reply with file descriptors; Unix sockets only, and not sent by us. */
    REPLY_WITH_FDS(5),
    /** A hole in a sparse stream. */
    STREAM_HOLE(6),
    /** A number that this version does not know. Such a message is dropped without an answer. */
    UNKNOWN(-1);

    private final int wire;

    MessageType(int wire) {
        this.wire = wire;
    }

    /**
     * The number in the header.
     *
     * @return 0 to 6
     */
    public int wire() {
        return wire;
    }

    static MessageType of(int wire) {
        return switch (wire) {
            case 0 -> CALL;
            case 1 -> REPLY;
            case 2 -> MESSAGE;
            case 3 -> STREAM;
            case 4 -> CALL_WITH_FDS;
            case 5 -> REPLY_WITH_FDS;
            case 6 -> STREAM_HOLE;
            default -> UNKNOWN;
        };
    }
}

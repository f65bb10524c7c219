package dev.godwit.wire.frame;

import dev.godwit.wire.xdr.Unsigned;
import java.nio.ByteBuffer;

/**
 * The six words between the length of a message and its payload.
 *
 * <p>{@code type} and {@code status} are numbers, so that a header with values nobody knows can still be
 * read, answered and logged; {@link #messageType()} and {@link #messageStatus()} are their names.
 *
 * @param program   the protocol, such as {@code 0x20008086}
 * @param version   its version, 1 for all of them
 * @param procedure the call or event within the program
 * @param type      what the message is
 * @param serial    chosen by the caller and repeated in the reply and in the stream's messages
 * @param status    how it went
 */
public record Header(@Unsigned int program, @Unsigned int version, int procedure, int type,
                     @Unsigned int serial, int status) {

    /** The size of a header in bytes. */
    public static final int BYTES = 24;

    /**
     * A header of known type and status.
     *
     * @param program   the protocol
     * @param version   its version
     * @param procedure the call or event
     * @param type      what the message is
     * @param serial    the call's serial
     * @param status    how it went
     */
    public Header(int program, int version, int procedure, MessageType type, int serial, MessageStatus status) {
        this(program, version, procedure, type.wire(), serial, status.wire());
    }

    /**
     * The name of the type.
     *
     * @return the type, {@link MessageType#UNKNOWN} where the number has no name
     */
    public MessageType messageType() {
        return MessageType.of(type);
    }

    /**
     * The name of the status.
     *
     * @return the status, {@link MessageStatus#UNKNOWN} where the number has no name
     */
    public MessageStatus messageStatus() {
        return MessageStatus.of(status);
    }

    /**
     * The header of an answer to this call.
     *
     * @param status {@link MessageStatus#OK}, or {@link MessageStatus#ERROR} before an error
     * @return program, version, procedure and serial of the call, as a reply
     */
    public Header reply(MessageStatus status) {
        return new Header(program, version, procedure, MessageType.REPLY, serial, status);
    }

    /**
     * The header of a message in the stream that this call opened.
     *
     * @param status {@link MessageStatus#CONTINUE} before data, {@link MessageStatus#OK} to finish,
     *               {@link MessageStatus#ERROR} to abort or before an error
     * @return program, version, procedure and serial of the call, as a stream message
     */
    public Header stream(MessageStatus status) {
        return new Header(program, version, procedure, MessageType.STREAM, serial, status);
    }

    void put(ByteBuffer out) {
        out.putInt(program).putInt(version).putInt(procedure).putInt(type).putInt(serial).putInt(status);
    }

    static Header get(ByteBuffer in) {
        return new Header(in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt());
    }

    @Override
    public String toString() {
        return "%s/%s program 0x%08x version %d procedure %d serial %d".formatted(
                messageType() == MessageType.UNKNOWN ? "type " + type : messageType(),
                messageStatus() == MessageStatus.UNKNOWN ? "status " + status : messageStatus(),
                program, Integer.toUnsignedLong(version), procedure, Integer.toUnsignedLong(serial));
    }
}

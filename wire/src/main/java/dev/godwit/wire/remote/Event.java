package dev.godwit.wire.remote;

import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.xdr.XdrCodec;
import java.util.OptionalInt;

/**
 * A message that a server sends unasked, to those who registered for it.
 *
 * @param program the program
 * @param number  the message's procedure number
 * @param type    the record of its body
 * @param eventId the number by which a client registers for it, where it does so by number
 * @param <T>     the body's type
 */
public record Event<T>(Program program, int number, Class<T> type, OptionalInt eventId) {

    /**
     * An event of {@link Program#REMOTE}.
     *
     * @param <T>    the body's type
     * @param number the message's procedure number
     * @param type   the record of its body
     * @return the event
     */
    public static <T> Event<T> event(int number, Class<T> type) {
        return event(Program.REMOTE, number, type);
    }

    /**
     * An event of any program.
     *
     * @param <T>     the body's type
     * @param program the program
     * @param number  the message's procedure number
     * @param type    the record of its body
     * @return the event
     */
    public static <T> Event<T> event(Program program, int number, Class<T> type) {
        return new Event<>(program, number, type, OptionalInt.empty());
    }

    /**
     * Says by which number a client registers for it.
     *
     * @param id libvirt's event id, from 0
     * @return the event with that id
     */
    public Event<T> id(int id) {
        return new Event<>(program, number, type, OptionalInt.of(id));
    }

    /**
     * The codec of its body.
     *
     * @return the codec
     */
    public XdrCodec<T> codec() {
        return XdrCodec.of(type);
    }

    /**
     * The header of the message. Its serial is 1, as stock daemons send it; nobody looks at it.
     *
     * @return the header
     */
    public Header header() {
        return new Header(program.number(), Program.VERSION, number, MessageType.MESSAGE, 1, MessageStatus.OK);
    }
}

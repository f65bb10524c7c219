package dev.godwit.lab.simulation.world;

import java.nio.ByteBuffer;

/**
 * A call of a migration that a host has got, and may get once more.
 *
 * @param host  the host
 * @param bytes the message
 */
public record LateCall(String host, ByteBuffer bytes) {

    /** FINISH, CONFIRM and PREPARE with parameters, as our own clients and daemons call them. */
    private static final int PREPARE = 303;
    private static final int FINISH = 306;
    private static final int CONFIRM = 307;
    private static final int PROGRAM = 0x2000_8086;
    private static final int PROGRAM_AT = 4;
    private static final int PROCEDURE_AT = 12;
    private static final int TYPE_AT = 16;
    private static final int SERIAL_AT = 20;
    private static final int HEAD = 28;
    /** No client of a simulation makes so many calls. */
    private static final int SERIAL = 1_000_000;

    static boolean is(ByteBuffer bytes) {
        if (bytes.remaining() < HEAD || bytes.getInt(PROGRAM_AT) != PROGRAM || bytes.getInt(TYPE_AT) != 0) {
            return false;
        }
        int procedure = bytes.getInt(PROCEDURE_AT);
        return procedure == PREPARE || procedure == FINISH || procedure == CONFIRM;
    }

    /** The message, as a call that the connection it comes by has not made yet. */
    public ByteBuffer message() {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
        copy.put(bytes.duplicate());
        copy.flip();
        return copy.putInt(SERIAL_AT, SERIAL);
    }
}

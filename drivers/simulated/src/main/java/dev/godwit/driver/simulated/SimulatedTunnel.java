package dev.godwit.driver.simulated;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Tunnel;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * The way into a simulated machine. What goes through it is records of 16 bytes, in any pieces:
 *
 * <pre>
 *   u32 PAGE · u32 0 · u64 bytes of memory that were copied
 *   u32 SOUL · u32 nanoseconds · u64 seconds of the guest's heartbeat; the last one
 * </pre>
 */
final class SimulatedTunnel implements Tunnel {

    private static final int RECORD = 16;
    private static final int PAGE = 0x50414745;
    private static final int SOUL = 0x534f554c;

    private final SimulatedMachine machine;
    private final ByteBuffer record = ByteBuffer.allocate(RECORD);
    private boolean complete;
    private volatile boolean closed;

    SimulatedTunnel(SimulatedMachine machine) {
        this.machine = machine;
    }

    /** The record that says how much memory was copied. */
    static ByteBuffer pages(long bytes) {
        return ByteBuffer.allocate(RECORD).putInt(PAGE).putInt(0).putLong(bytes).flip();
    }

    /** The last record. */
    static ByteBuffer soul(SimulatedMachine.Soul soul) {
        return ByteBuffer.allocate(RECORD).putInt(SOUL).putInt(soul.heartbeat().getNano())
                .putLong(soul.heartbeat().toSeconds()).flip();
    }

    @Override
    public void send(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (closed || machine.isEnded()) {
                throw failed("the receiver is gone");
            }
            if (complete) {
                throw failed("there is something after the guest's end");
            }
            record.put(bytes.get());
            if (!record.hasRemaining()) {
                take(record.flip());
                record.clear();
            }
        }
    }

    private void take(ByteBuffer whole) {
        int type = whole.getInt();
        int nanos = whole.getInt();
        long number = whole.getLong();
        if (type == SOUL && nanos >= 0 && nanos < 1_000_000_000 && number >= 0) {
            machine.receive(new SimulatedMachine.Soul(Duration.ofSeconds(number, nanos)));
            complete = true;
        } else if (type != PAGE) {
            throw failed("what came is not a guest");
        }
    }

    @Override
    public void finish() {
        if (!complete) {
            throw failed("the guest's data ended before the guest did");
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private static VirtException failed(String why) {
        return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.TEST, "job 'migration in' failed: " + why);
    }
}

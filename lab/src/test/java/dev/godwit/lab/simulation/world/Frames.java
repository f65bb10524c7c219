package dev.godwit.lab.simulation.world;

import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.remote.KeepAliveProcedures;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.remote.RemoteProtocol;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Optional;
import java.util.StringJoiner;

/** Bytes of the remote protocol, for people. */
final class Frames {

    private Frames() {}

    /** The messages of what was written at once; a writer never cuts one. */
    static String describe(ByteBuffer bytes) {
        StringJoiner all = new StringJoiner(" + ");
        byte[] array = new byte[bytes.remaining()];
        bytes.get(array);
        FrameReader reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(array)));
        try {
            for (Optional<Frame> frame = reader.read(); frame.isPresent(); frame = reader.read()) {
                all.add(describe(frame.get()));
            }
        } catch (IOException e) {
            all.add("(" + e.getMessage() + ")");
        }
        return all.toString();
    }

    private static String describe(Frame frame) {
        Header header = frame.header();
        if (header.program() == Program.KEEPALIVE.number()) {
            return header.procedure() == KeepAliveProcedures.PING ? "PING" : "PONG";
        }
        if (header.messageType() == MessageType.MESSAGE) {
            return "event " + header.procedure();
        }
        String name = RemoteProtocol.procedure(header.program(), header.procedure())
                .map(procedure -> procedure.apiName().replaceFirst("^vir(Domain|Connect)?", ""))
                .orElse("procedure " + header.procedure());
        String what = name + " " + header.serial();
        return switch (header.messageType()) {
            case CALL -> what;
            case REPLY -> "answer to " + what + (header.messageStatus() == MessageStatus.ERROR ? ": " + error(frame) : "");
            default -> header.messageType() + " " + header.messageStatus() + " of " + what;
        };
    }

    private static String error(Frame frame) {
        try {
            return XdrCodec.of(RemoteError.class).decode(frame.payload()).text();
        } catch (XdrException e) {
            return "an error that cannot be read";
        }
    }
}

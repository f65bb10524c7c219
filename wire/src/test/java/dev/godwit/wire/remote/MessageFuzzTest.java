package dev.godwit.wire.remote;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.godwit.wire.frame.Frame;
import dev.godwit.wire.frame.FrameReader;
import dev.godwit.wire.frame.Header;
import dev.godwit.wire.frame.MessageStatus;
import dev.godwit.wire.frame.MessageType;
import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come in, they are messages, or they are refused by one of two exceptions. What is understood is
 * written and understood again as the same.
 *
 * <p>In an ordinary test run the golden messages, and what searching has found so far, are tried as they are. With
 * {@code JAZZER_FUZZ=1} it searches on from there.
 */
class MessageFuzzTest {

    static Stream<Arguments> golden() {
        return GoldenMessages.all().stream().map(m -> Arguments.of((Object) m.bytes()));
    }

    @MethodSource("golden")
    @FuzzTest(maxDuration = "5m")
    void bytesAreMessagesOrRefused(byte[] bytes) {
        FrameReader reader = new FrameReader(Channels.newChannel(new ByteArrayInputStream(bytes)));
        try {
            Optional<Frame> frame = reader.read();
            while (frame.isPresent()) {
                understand(frame.get());
                frame = reader.read();
            }
        } catch (IOException refused) {
            // The end of the conversation.
        }
    }

    private static void understand(Frame frame) {
        Header header = frame.header();
        Optional<Procedure<?, ?>> procedure = RemoteProtocol.procedure(header.program(), header.procedure());
        if (header.messageType() == MessageType.CALL) {
            procedure.ifPresent(p -> roundTrip(p.args(), frame));
        } else if (header.messageStatus() == MessageStatus.ERROR) {
            roundTrip(XdrCodec.of(RemoteError.class), frame);
        } else if (header.messageType() == MessageType.REPLY) {
            procedure.ifPresent(p -> roundTrip(p.ret(), frame));
        } else if (header.messageType() == MessageType.MESSAGE) {
            RemoteProtocol.event(header.program(), header.procedure()).ifPresent(e -> roundTrip(e.codec(), frame));
        }
    }

    private static <T> void roundTrip(XdrCodec<T> codec, Frame frame) {
        T value;
        try {
            value = codec.decode(frame.payload());
        } catch (XdrException refused) {
            return;
        }
        T again = codec.decodeAll(codec.encode(value));
        if (!again.equals(value)) {
            throw new AssertionError(value + " became " + again);
        }
    }
}

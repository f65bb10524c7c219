package dev.godwit.wire.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.wire.xdr.XdrCodec;
import dev.godwit.wire.xdr.XdrException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What holds for every record of the protocol, tried with many values. A failure names its seed; run again with
 * {@code -Dgodwit.test.seed=…} to see it again, {@code -Dgodwit.test.rounds=…} to look longer.
 */
class RecordPropertiesTest {

    private static final int ROUNDS = Integer.getInteger("godwit.test.rounds", 50);

    private static long[] seeds() {
        Long given = Long.getLong("godwit.test.seed");
        return given != null ? new long[] {given} : new Random(20_261_123).longs(ROUNDS).toArray();
    }

    @ParameterizedTest
    @MethodSource("dev.godwit.wire.remote.Records#all")
    <T> void whatIsWrittenIsReadAgain(Class<T> type) {
        XdrCodec<T> codec = XdrCodec.of(type);
        for (long seed : seeds()) {
            T value = new Generator(new Random(seed)).value(type);
            ByteBuffer bytes = codec.encode(value);
            assertThat(bytes.remaining() % 4).as("seed %d, %s", seed, value).isZero();
            assertThat(codec.decodeAll(bytes.duplicate())).as("seed %d", seed).isEqualTo(value);

            ByteBuffer given = ByteBuffer.allocate(bytes.remaining());
            codec.encode(value, given);
            assertThat(given.flip()).as("seed %d, %s", seed, value).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @MethodSource("dev.godwit.wire.remote.Records#all")
    <T> void noPartOfItIsReadAsTheWhole(Class<T> type) {
        XdrCodec<T> codec = XdrCodec.of(type);
        for (long seed : seeds()) {
            ByteBuffer bytes = codec.encode(new Generator(new Random(seed)).value(type));
            if (bytes.hasRemaining()) {
                int cut = new Random(seed).nextInt(bytes.remaining());
                assertThat(outcome(codec, bytes.slice(0, cut))).as("seed %d, %d bytes", seed, cut).isEmpty();
            }
        }
    }

    /** Bytes that were tampered with are refused, or mean something that is written just like that. */
    @ParameterizedTest
    @MethodSource("dev.godwit.wire.remote.Records#all")
    <T> void noiseIsRefusedOrUnderstood(Class<T> type) {
        XdrCodec<T> codec = XdrCodec.of(type);
        for (long seed : seeds()) {
            Random random = new Random(seed);
            ByteBuffer bytes = random.nextInt(4) == 0
                    ? noise(random) : codec.encode(new Generator(random).value(type));
            for (int i = random.nextInt(4); i > 0 && bytes.hasRemaining(); i--) {
                tamper(bytes, random);
            }
            outcome(codec, bytes).ifPresent(value -> assertThat(codec.decodeAll(codec.encode(value)))
                    .as("seed %d", seed).isEqualTo(value));
        }
    }

    private static <T> java.util.Optional<T> outcome(XdrCodec<T> codec, ByteBuffer bytes) {
        try {
            return java.util.Optional.of(codec.decodeAll(bytes.duplicate()));
        } catch (XdrException e) {
            return java.util.Optional.empty();
        } catch (BufferUnderflowException e) {
            throw new AssertionError("Read past the end", e);
        }
    }

    private static ByteBuffer noise(RandomGenerator random) {
        byte[] bytes = new byte[4 * random.nextInt(100)];
        random.nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }

    private static void tamper(ByteBuffer bytes, RandomGenerator random) {
        int at = random.nextInt(bytes.remaining());
        switch (random.nextInt(3)) {
            case 0 -> bytes.put(at, (byte) (bytes.get(at) ^ 1 << random.nextInt(8)));
            case 1 -> bytes.put(at, (byte) random.nextInt());
            default -> {
                int[] lengths = {0, 1, 64, 65, 4_194_304, 4_194_305, Integer.MAX_VALUE, Integer.MIN_VALUE, -1};
                if (bytes.remaining() >= 4) {
                    bytes.putInt(at & ~3, lengths[random.nextInt(lengths.length)]);
                }
            }
        }
    }
}

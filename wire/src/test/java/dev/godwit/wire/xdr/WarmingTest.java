package dev.godwit.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Whether a record is called by reflection or by method handles must not be seen from outside. */
class WarmingTest {

    public record Mixed(int number, @Unsigned long big, String text) {
        public Mixed {
            if (number < 0) {
                throw new IllegalArgumentException("number is negative");
            }
        }
    }

    @Test
    void everyCallGivesTheSame() {
        XdrCodec<Mixed> codec = XdrCodec.of(Mixed.class);
        Mixed value = new Mixed(7, -1, "abc");
        ByteBuffer bytes = codec.encode(value);
        for (int i = 0; i < 200; i++) {
            assertThat(codec.encode(value)).as("encoding %d", i).isEqualTo(bytes);
            assertThat(codec.decodeAll(bytes.duplicate())).as("decoding %d", i).isEqualTo(value);
        }
    }

    @Test
    void whatARecordRefusesIsBadInputInEveryCall() {
        XdrCodec<Mixed> codec = XdrCodec.of(Mixed.class);
        ByteBuffer bytes = ByteBuffer.wrap(codec.encode(new Mixed(7, 1, "")).array().clone());
        bytes.putInt(0, -7);
        for (int i = 0; i < 200; i++) {
            assertThatExceptionOfType(XdrException.class).as("decoding %d", i)
                    .isThrownBy(() -> codec.decodeAll(bytes.duplicate().limit(16))).withMessageContaining("negative");
        }
    }
}

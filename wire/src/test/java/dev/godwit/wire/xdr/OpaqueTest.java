package dev.godwit.wire.xdr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class OpaqueTest {

    @Test
    void equalBytesAreEqualWhereverTheyCameFrom() {
        Opaque slice = Opaque.of((byte) 0, (byte) 1, (byte) 2, (byte) 3).slice(1, 3);
        Opaque fresh = Opaque.of((byte) 1, (byte) 2);
        assertThat(slice).isEqualTo(fresh).hasSameHashCodeAs(fresh);
        assertThat(slice).isNotEqualTo(Opaque.of((byte) 1, (byte) 3));
        assertThat(slice.get(1)).isEqualTo((byte) 2);
        assertThatThrownBy(() -> slice.get(2)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> slice.slice(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void nobodyChangesThemFromOutside() {
        byte[] array = {1, 2};
        Opaque opaque = Opaque.of(array);
        array[0] = 9;
        opaque.toByteArray()[1] = 9;
        assertThat(opaque.asByteBuffer().isReadOnly()).isTrue();
        assertThat(opaque.toByteArray()).containsExactly(1, 2);
    }

    @Test
    void copyingABufferLeavesItAsItWas() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3}).position(1);
        assertThat(Opaque.copyOf(buffer)).isEqualTo(Opaque.of((byte) 2, (byte) 3));
        assertThat(buffer.position()).isEqualTo(1);
    }

    @Test
    void textsWithAndWithoutNul() {
        assertThat(Opaque.ofText("ab").toByteArray()).containsExactly('a', 'b');
        assertThat(Opaque.ofTextWithNul("ab").toByteArray()).containsExactly('a', 'b', 0);
        assertThat(Opaque.ofTextWithNul("ab").text()).isEqualTo("ab");
        assertThat(Opaque.ofText("ab").text()).isEqualTo("ab");
        assertThat(Opaque.ofTextPadded("x86_64", 32).size()).isEqualTo(32);
        assertThat(Opaque.ofTextPadded("x86_64", 32).text()).isEqualTo("x86_64");
        // Room for three bytes and the NUL: the second ü would be cut in half.
        assertThat(Opaque.ofTextPadded("üü", 4).toByteArray()).containsExactly(0xC3, 0xBC, 0, 0);
        assertThatThrownBy(() -> Opaque.of((byte) 0x80).text()).isInstanceOf(XdrException.class);
    }

    @Test
    void itIsShownShort() {
        assertThat(Opaque.of(new byte[1000])).hasToString("1000 bytes [" + "00".repeat(16) + "…]");
        assertThat(Opaque.of((byte) 0xff)).hasToString("1 bytes [ff]");
    }
}

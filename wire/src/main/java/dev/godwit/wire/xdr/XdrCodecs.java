package dev.godwit.wire.xdr;

import java.lang.invoke.MethodHandles;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The one implementation of {@link XdrCodec}: a {@link Form} with buffers around it, kept per class. */
final class XdrCodecs {

    private static final ClassValue<XdrCodec<?>> CACHE = new ClassValue<>() {
        @Override
        protected XdrCodec<?> computeValue(Class<?> type) {
            return new Derived<>(new Derivation(Optional.empty(), false).structure(type));
        }
    };

    private XdrCodecs() {}

    @SuppressWarnings("unchecked")
    static <T> XdrCodec<T> cached(Class<T> type) {
        return (XdrCodec<T>) CACHE.get(type);
    }

    @SuppressWarnings("unchecked")
    static <T> XdrCodec<T> derive(Class<T> type, MethodHandles.Lookup lookup) {
        return new Derived<>((Form<T>) new Derivation(Optional.of(lookup), false).structure(type));
    }

    private record Derived<T>(Form<T> form) implements XdrCodec<T> {

        @Override
        public void encode(T value, ByteBuffer out) {
            XdrOutput output = XdrOutput.into(out.slice().order(ByteOrder.BIG_ENDIAN));
            try {
                form.write(value, output);
            } catch (XdrOutput.Full e) {
                throw new BufferOverflowException();
            }
            out.position(out.position() + output.size());
        }

        @Override
        public ByteBuffer encode(T value) {
            XdrOutput output = XdrOutput.growing();
            form.write(value, output);
            return output.finish();
        }

        @Override
        public T decode(ByteBuffer in) {
            ByteBuffer bytes = in.slice().order(ByteOrder.BIG_ENDIAN);
            T value = form.read(bytes);
            in.position(in.position() + bytes.position());
            return value;
        }

        @Override
        public T decodeAll(ByteBuffer in) {
            ByteBuffer bytes = in.slice().order(ByteOrder.BIG_ENDIAN);
            T value = form.read(bytes);
            if (bytes.hasRemaining()) {
                throw new XdrException(bytes.remaining() + " bytes left over", bytes.position());
            }
            in.position(in.limit());
            return value;
        }

        @Override
        public String layout() {
            Map<String, String> definitions = new LinkedHashMap<>();
            form.define(definitions);
            return String.join("\n", definitions.values());
        }

        @Override
        public String toString() {
            return "XdrCodec of " + form.declare("value");
        }
    }
}

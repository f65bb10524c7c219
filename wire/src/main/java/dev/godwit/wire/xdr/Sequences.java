package dev.godwit.wire.xdr;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The forms whose size depends on the value: strings, bytes, lists, and what may be absent. */
final class Sequences {

    private static final String BYTES = "bytes";
    private static final String ELEMENTS = "elements";

    private Sequences() {}

    static final class StringForm extends Form<String> {

        private final int bound;

        StringForm(int bound) {
            this.bound = bound;
        }

        @Override
        void write(String value, XdrOutput out) {
            byte[] utf8;
            try {
                utf8 = Utf8.encode(present(value));
            } catch (CharacterCodingException e) {
                throw new XdrException("holds half a surrogate pair", -1).because(e);
            }
            checkLength(utf8.length, bound, BYTES);
            ByteBuffer buffer = out.room(4 + utf8.length + padding(utf8.length));
            buffer.putInt(utf8.length).put(utf8);
            writePadding(buffer, utf8.length);
        }

        @Override
        String read(ByteBuffer in) {
            int at = in.position();
            int length = length(in, bound, BYTES);
            need(in, length + padding(length));
            String text;
            try {
                if (in.hasArray()) {
                    text = Utf8.decode(in.array(), in.arrayOffset() + in.position(), length);
                    in.position(in.position() + length);
                } else {
                    byte[] bytes = new byte[length];
                    in.get(bytes);
                    text = Utf8.decode(bytes, 0, length);
                }
            } catch (CharacterCodingException e) {
                throw new XdrException("not UTF-8", at).because(e);
            }
            readPadding(in, length);
            return text;
        }

        @Override
        int minimum() {
            return 4;
        }

        @Override
        String declare(String name) {
            return "string " + name + "<" + bound + ">";
        }
    }

    /** Bytes with a count, or a fixed number of them. */
    static final class OpaqueForm extends Form<Opaque> {

        private final int bound;
        private final boolean fixed;

        OpaqueForm(int bound, boolean fixed) {
            this.bound = bound;
            this.fixed = fixed;
        }

        @Override
        void write(Opaque value, XdrOutput out) {
            int length = lengthToWrite(value, bound, fixed);
            ByteBuffer buffer = out.room(4 + length + padding(length));
            if (!fixed) {
                buffer.putInt(length);
            }
            value.copyTo(buffer);
            writePadding(buffer, length);
        }

        @Override
        Opaque read(ByteBuffer in) {
            int length = fixed ? bound : length(in, bound, BYTES);
            need(in, length + padding(length));
            byte[] bytes = new byte[length];
            in.get(bytes);
            readPadding(in, length);
            return Opaque.own(bytes);
        }

        @Override
        int minimum() {
            return fixed ? bound + padding(bound) : 4;
        }

        @Override
        String declare(String name) {
            return "opaque " + name + (fixed ? "[" + bound + "]" : "<" + bound + ">");
        }
    }

    /** Bytes that take a word each. */
    static final class CharsForm extends Form<Opaque> {

        private final int bound;
        private final boolean fixed;

        CharsForm(int bound, boolean fixed) {
            this.bound = bound;
            this.fixed = fixed;
        }

        @Override
        void write(Opaque value, XdrOutput out) {
            int length = lengthToWrite(value, bound, fixed);
            ByteBuffer buffer = out.room(4 + 4 * length);
            if (!fixed) {
                buffer.putInt(length);
            }
            for (int i = 0; i < length; i++) {
                buffer.putInt(value.get(i));
            }
        }

        @Override
        Opaque read(ByteBuffer in) {
            int length = fixed ? bound : length(in, bound, BYTES);
            need(in, 4 * length);
            byte[] bytes = new byte[length];
            for (int i = 0; i < length; i++) {
                int word = in.getInt();
                // A peer whose char has no sign extends with zeros.
                if (word < Byte.MIN_VALUE || word > 255) {
                    throw new XdrException(word + " is no char", in.position() - 4).inside("[" + i + "]");
                }
                bytes[i] = (byte) word;
            }
            return Opaque.own(bytes);
        }

        @Override
        int minimum() {
            return fixed ? 4 * bound : 4;
        }

        @Override
        String declare(String name) {
            return "char " + name + (fixed ? "[" + bound + "]" : "<" + bound + ">");
        }
    }

    private static int lengthToWrite(Opaque value, int bound, boolean fixed) {
        int length = Form.present(value).size();
        if (fixed && length != bound) {
            throw new XdrException("has " + length + " bytes instead of " + bound, -1);
        }
        Form.checkLength(length, bound, BYTES);
        return length;
    }

    static final class ListForm<E> extends Form<List<E>> {

        private final Form<E> element;
        private final int bound;

        ListForm(Form<E> element, int bound) {
            this.element = element;
            this.bound = bound;
        }

        @Override
        void write(List<E> value, XdrOutput out) {
            int size = present(value).size();
            checkLength(size, bound, ELEMENTS);
            out.room(4).putInt(size);
            int i = 0;
            try {
                for (E each : value) {
                    element.write(each, out);
                    i++;
                }
            } catch (XdrException e) {
                throw e.inside("[" + i + "]");
            }
        }

        @Override
        List<E> read(ByteBuffer in) {
            int at = in.position();
            int size = length(in, bound, ELEMENTS);
            if ((long) size * element.minimum() > in.remaining()) {
                throw new XdrException(size + " elements do not fit into " + in.remaining() + " bytes", at);
            }
            if (size == 0) {
                return List.of();
            }
            List<E> list = new ArrayList<>(size);
            try {
                while (list.size() < size) {
                    list.add(element.read(in));
                }
            } catch (XdrException e) {
                throw e.inside("[" + list.size() + "]");
            }
            return Collections.unmodifiableList(list);
        }

        @Override
        int minimum() {
            return 4;
        }

        @Override
        String declare(String name) {
            return element.declare(name + "<" + bound + ">");
        }

        @Override
        void define(Map<String, String> definitions) {
            element.define(definitions);
        }
    }

    static final class OptionalForm<E> extends Form<Optional<E>> {

        private final Form<E> inner;

        OptionalForm(Form<E> inner) {
            this.inner = inner;
        }

        @Override
        void write(Optional<E> value, XdrOutput out) {
            if (present(value).isPresent()) {
                out.room(4).putInt(1);
                inner.write(value.get(), out);
            } else {
                out.room(4).putInt(0);
            }
        }

        @Override
        Optional<E> read(ByteBuffer in) {
            return Scalars.BooleanForm.flag(in) ? Optional.of(inner.read(in)) : Optional.empty();
        }

        @Override
        int minimum() {
            return 4;
        }

        @Override
        String declare(String name) {
            return inner.declare("*" + name);
        }

        @Override
        void define(Map<String, String> definitions) {
            inner.define(definitions);
        }
    }
}

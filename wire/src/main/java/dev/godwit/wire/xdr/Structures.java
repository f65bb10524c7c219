package dev.godwit.wire.xdr;

import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/** The forms made of other forms: a record is a struct, a sealed interface of records a union. */
final class Structures {

    private Structures() {}

    /**
     * One component of a record: how to get its value out of the record, and how to lay it out.
     *
     * <p>A short program encodes each record once or twice, and most of the time of that would go into making
     * method handles. So the first values are read by reflection.
     */
    abstract static class Part {

        final String name;
        final Form<?> form;

        Part(String name, Form<?> form) {
            this.name = name;
            this.form = form;
        }

        abstract void write(Object struct, XdrOutput out) throws Throwable;

        /** The cheapest way for the component's type: {@code int} and {@code long} go without boxes. */
        static Part of(String name, Warming accessor, Form<?> form) {
            Class<?> type = accessor.type();
            if (type == int.class) {
                return new IntPart(name, accessor, form);
            } else if (type == long.class) {
                return new LongPart(name, accessor, form);
            }
            return new ObjectPart<>(name, accessor, form);
        }
    }

    private static final class IntPart extends Part {

        private final Warming accessor;

        IntPart(String name, Warming accessor, Form<?> form) {
            super(name, form);
            this.accessor = accessor;
        }

        @Override
        void write(Object struct, XdrOutput out) throws Throwable {
            MethodHandle handle = accessor.handle();
            out.room(4).putInt(handle == null ? (int) accessor.cold(struct) : (int) handle.invokeExact(struct));
        }
    }

    private static final class LongPart extends Part {

        private final Warming accessor;

        LongPart(String name, Warming accessor, Form<?> form) {
            super(name, form);
            this.accessor = accessor;
        }

        @Override
        void write(Object struct, XdrOutput out) throws Throwable {
            MethodHandle handle = accessor.handle();
            out.room(8).putLong(handle == null ? (long) accessor.cold(struct) : (long) handle.invokeExact(struct));
        }
    }

    private static final class ObjectPart<C> extends Part {

        private final Warming accessor;
        private final Form<C> typed;

        @SuppressWarnings("unchecked")
        ObjectPart(String name, Warming accessor, Form<?> form) {
            super(name, form);
            this.accessor = accessor;
            this.typed = (Form<C>) form;
        }

        @Override
        @SuppressWarnings("unchecked")
        void write(Object struct, XdrOutput out) throws Throwable {
            MethodHandle handle = accessor.handle();
            typed.write((C) (handle == null ? accessor.cold(struct) : handle.invokeExact(struct)), out);
        }
    }

    static final class RecordForm<R> extends Form<R> {

        private final String name;
        private final Part[] parts;
        private final Warming constructor;
        private final int minimum;

        RecordForm(String name, List<Part> parts, Warming constructor) {
            this.name = name;
            this.parts = parts.toArray(Part[]::new);
            this.constructor = constructor;
            int least = 0;
            for (Part part : parts) {
                least += part.form.minimum();
            }
            this.minimum = least;
        }

        @Override
        void write(R value, XdrOutput out) {
            Object struct = present(value);
            int i = 0;
            try {
                for (; i < parts.length; i++) {
                    parts[i].write(struct, out);
                }
            } catch (XdrException e) {
                throw e.inside(parts[i].name);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        @Override
        @SuppressWarnings("unchecked")
        R read(ByteBuffer in) {
            int at = in.position();
            Object[] values = new Object[parts.length];
            int i = 0;
            try {
                for (; i < values.length; i++) {
                    values[i] = parts[i].form.read(in);
                }
            } catch (XdrException e) {
                throw e.inside(parts[i].name);
            }
            try {
                MethodHandle handle = constructor.handle();
                return (R) (handle == null ? constructor.cold(values) : (Object) handle.invokeExact(values));
            } catch (IllegalArgumentException e) {
                // A record may check itself; what it refuses is bad input.
                throw new XdrException(e.getMessage(), at).because(e);
            } catch (Throwable e) {
                throw unexpected(e);
            }
        }

        @Override
        int minimum() {
            return minimum;
        }

        @Override
        String declare(String component) {
            return name + " " + component;
        }

        @Override
        void define(Map<String, String> definitions) {
            for (Part part : parts) {
                part.form.define(definitions);
            }
            StringBuilder text = new StringBuilder("struct ").append(name).append(" {\n");
            for (Part part : parts) {
                text.append("    ").append(part.form.declare(part.name)).append(";\n");
            }
            definitions.putIfAbsent(name, text.append("};\n").toString());
        }

        private static RuntimeException unexpected(Throwable e) {
            return switch (e) {
                case RuntimeException unchecked -> unchecked;
                case Error error -> throw error;
                default -> new IllegalStateException(e);
            };
        }
    }

    /** One record of a union. */
    record Choice<U>(int number, Class<?> type, Form<U> form) {}

    static final class UnionForm<U> extends Form<U> {

        private final String name;
        private final List<Choice<U>> choices;
        private final int minimum;

        UnionForm(String name, List<Choice<U>> choices) {
            this.name = name;
            this.choices = List.copyOf(choices);
            this.minimum = 4 + choices.stream().mapToInt(c -> c.form().minimum()).min().orElseThrow();
        }

        @Override
        void write(U value, XdrOutput out) {
            Class<?> type = present(value).getClass();
            for (int i = 0; i < choices.size(); i++) {
                Choice<U> choice = choices.get(i);
                if (choice.type() == type) {
                    out.room(4).putInt(choice.number());
                    choice.form().write(value, out);
                    return;
                }
            }
            throw new IllegalStateException(type + " is no arm of " + name);
        }

        @Override
        U read(ByteBuffer in) {
            int number = word(in);
            for (int i = 0; i < choices.size(); i++) {
                Choice<U> choice = choices.get(i);
                if (choice.number() == number) {
                    return choice.form().read(in);
                }
            }
            throw new XdrException(number + " selects no arm of " + name, in.position() - 4);
        }

        @Override
        int minimum() {
            return minimum;
        }

        @Override
        String declare(String component) {
            return name + " " + component;
        }

        @Override
        void define(Map<String, String> definitions) {
            choices.forEach(c -> c.form().define(definitions));
            StringBuilder text = new StringBuilder("union ").append(name).append(" switch (int) {\n");
            for (Choice<U> choice : choices) {
                text.append("case ").append(choice.number()).append(":\n    ")
                        .append(choice.form().declare("value")).append(";\n");
            }
            definitions.putIfAbsent(name, text.append("};\n").toString());
        }
    }
}

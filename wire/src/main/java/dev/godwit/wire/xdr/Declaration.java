package dev.godwit.wire.xdr;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;

/** What is declared of a record's component, or of what a component holds: its type and the bounds beside it. */
interface Declaration {

    /** No bound of that kind. */
    int NONE = -1;

    /** The type without what it holds. */
    Class<?> type();

    /** Whether {@link Unsigned} stands there. */
    boolean unsigned();

    /** The bound of {@link AtMost}, or {@link #NONE}. */
    int atMost();

    /** The length of {@link Exactly}, or {@link #NONE}. */
    int exactly();

    /** Whether {@link Chars} stands there. */
    boolean chars();

    /**
     * What a list or an {@code Optional} holds.
     *
     * @throws IllegalArgumentException if it does not say
     */
    Declaration argument();

    /** A declaration as the compiler left it. */
    record Annotated(AnnotatedType annotated) implements Declaration {

        @Override
        public Class<?> type() {
            // No pattern switch: its first use costs a short program more than everything else here.
            if (annotated.getType() instanceof Class<?> type) {
                return type;
            } else if (annotated.getType() instanceof ParameterizedType generic) {
                return (Class<?>) generic.getRawType();
            }
            throw new IllegalArgumentException(annotated.getType() + " has no form on the wire");
        }

        @Override
        public boolean unsigned() {
            return annotated.isAnnotationPresent(Unsigned.class);
        }

        @Override
        public int atMost() {
            AtMost bound = annotated.getAnnotation(AtMost.class);
            return bound == null ? NONE : inRange(bound.value());
        }

        @Override
        public int exactly() {
            Exactly length = annotated.getAnnotation(Exactly.class);
            return length == null ? NONE : inRange(length.value());
        }

        private static int inRange(int bound) {
            if (bound < 0 || bound > 1 << 28) {
                throw new IllegalArgumentException("bound " + bound + " is out of range");
            }
            return bound;
        }

        @Override
        public boolean chars() {
            return annotated.isAnnotationPresent(Chars.class);
        }

        @Override
        public Declaration argument() {
            if (annotated instanceof AnnotatedParameterizedType generic) {
                return new Annotated(generic.getAnnotatedActualTypeArguments()[0]);
            }
            throw new IllegalArgumentException("says not what it holds");
        }
    }
}

package dev.godwit.wire.remote;

import dev.godwit.wire.xdr.AtMost;
import dev.godwit.wire.xdr.Exactly;
import dev.godwit.wire.xdr.Opaque;
import dev.godwit.wire.xdr.WireEnum;
import dev.godwit.wire.xdr.XdrCodec;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Makes values of any type that the codec can lay out, the awkward ones more often than chance would. The same seed
 * makes the same values.
 */
final class Generator {

    private static final int[] INTS = {0, 1, -1, 2, 255, 256, Integer.MAX_VALUE, Integer.MIN_VALUE};
    private static final long[] LONGS = {0, 1, -1, 0xFFFFFFFFL, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final String[] PIECES = {"a", "xyz", "\0", "\n", "ü", "€", "\uD83D\uDC1E", "\uFFFD", "<", "%s", " "};

    private final RandomGenerator random;

    Generator(RandomGenerator random) {
        this.random = random;
    }

    /** A record, or one record of a sealed family. */
    <T> T value(Class<T> type) {
        return type.cast(structure(type));
    }

    private Object structure(Class<?> type) {
        if (!type.isRecord()) {
            List<Class<?>> arms = arms(type);
            return structure(arms.get(random.nextInt(arms.size())));
        }
        try {
            List<Object> values = new ArrayList<>();
            for (RecordComponent component : type.getRecordComponents()) {
                values.add(value(component.getAnnotatedType()));
            }
            Class<?>[] types = Arrays.stream(type.getRecordComponents())
                    .map(RecordComponent::getType).toArray(Class<?>[]::new);
            return type.getDeclaredConstructor(types).newInstance(values.toArray());
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type.getName(), e);
        }
    }

    private static List<Class<?>> arms(Class<?> type) {
        List<Class<?>> arms = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isRecord()) {
                arms.add(permitted);
            } else {
                arms.addAll(arms(permitted));
            }
        }
        return arms;
    }

    private Object value(AnnotatedType annotated) {
        Class<?> type = annotated.getType() instanceof ParameterizedType generic
                ? (Class<?>) generic.getRawType() : (Class<?>) annotated.getType();
        AtMost atMost = annotated.getAnnotation(AtMost.class);
        if (type == int.class || type == Integer.class) {
            return random.nextBoolean() ? INTS[random.nextInt(INTS.length)] : random.nextInt();
        } else if (type == long.class || type == Long.class) {
            return random.nextBoolean() ? LONGS[random.nextInt(LONGS.length)] : random.nextLong();
        } else if (type == double.class || type == Double.class) {
            return Double.longBitsToDouble(random.nextLong() & ~(1L << 62));
        } else if (type == boolean.class || type == Boolean.class) {
            return random.nextBoolean();
        } else if (type == String.class) {
            return text(atMost == null ? XdrCodec.STRING_LIMIT : atMost.value());
        } else if (type == UUID.class) {
            return new UUID(random.nextLong(), random.nextLong());
        } else if (type == Opaque.class) {
            Exactly exactly = annotated.getAnnotation(Exactly.class);
            byte[] bytes = new byte[exactly != null ? exactly.value() : size(atMost.value(), 40)];
            random.nextBytes(bytes);
            return Opaque.of(bytes);
        } else if (type == Optional.class) {
            return random.nextBoolean() ? Optional.empty() : Optional.of(value(argument(annotated)));
        } else if (type == List.class) {
            List<Object> list = new ArrayList<>();
            for (int i = size(atMost.value(), 5); i > 0; i--) {
                list.add(value(argument(annotated)));
            }
            return List.copyOf(list);
        } else if (type.isEnum() && WireEnum.class.isAssignableFrom(type)) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        }
        return structure(type);
    }

    private static AnnotatedType argument(AnnotatedType annotated) {
        return ((AnnotatedParameterizedType) annotated).getAnnotatedActualTypeArguments()[0];
    }

    /** Mostly small; now and then the bound itself, where that does not take too long. */
    private int size(int bound, int usual) {
        if (bound <= 64 && random.nextInt(8) == 0) {
            return bound;
        }
        return random.nextInt(Math.min(bound, usual) + 1);
    }

    private String text(int bound) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            String piece = PIECES[random.nextInt(PIECES.length)];
            if (text.length() * 3 + piece.length() * 3 > bound) {
                break;
            }
            text.append(piece);
        }
        return text.toString();
    }
}

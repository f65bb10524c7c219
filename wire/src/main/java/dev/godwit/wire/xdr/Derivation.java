package dev.godwit.wire.xdr;

import java.lang.annotation.Annotation;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Derives forms from declarations, by reflection, once a type. */
final class Derivation {

    private final Optional<MethodHandles.Lookup> lookup;
    private final Deque<Class<?>> open = new ArrayDeque<>();

    Derivation(Optional<MethodHandles.Lookup> lookup) {
        this.lookup = lookup;
    }

    /** The form of a record or a sealed interface. */
    Form<?> structure(Class<?> type) {
        if (open.contains(type)) {
            throw new IllegalArgumentException(
                    type.getName() + " contains itself: hostile bytes could nest it without end");
        }
        open.push(type);
        try {
            if (type.isRecord()) {
                return record(type);
            } else if (type.isInterface() && type.isSealed()) {
                return union(type);
            }
            throw new IllegalArgumentException(type.getName() + " is neither a record nor a sealed interface");
        } finally {
            open.pop();
        }
    }

    /** The name in layouts: with the types around it, without the package. */
    static String name(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
    }

    private Form<?> record(Class<?> type) {
        MethodHandles.Lookup rights = rights(type);
        RecordComponent[] components = type.getRecordComponents();
        List<Structures.Part> parts = new ArrayList<>();
        try {
            for (RecordComponent component : components) {
                Warming accessor = Warming.accessor(component.getAccessor(), rights);
                parts.add(Structures.Part.of(component.getName(), accessor, component(type, component)));
            }
            Class<?>[] types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Warming constructor = Warming.constructor(type.getDeclaredConstructor(types), rights);
            return new Structures.RecordForm<>(name(type), parts, constructor);
        } catch (IllegalAccessException | NoSuchMethodException e) {
            throw new IllegalArgumentException(type.getName() + " is not accessible: make it public in an exported"
                    + " package, open its package to " + Derivation.class.getModule().getName()
                    + ", or pass a lookup", e);
        }
    }

    private MethodHandles.Lookup rights(Class<?> type) {
        if (lookup.isPresent()) {
            return lookup.get();
        }
        try {
            Derivation.class.getModule().addReads(type.getModule());
            return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
        } catch (IllegalAccessException e) {
            return MethodHandles.publicLookup();
        }
    }

    private Form<?> component(Class<?> owner, RecordComponent component) {
        try {
            return form(component.getAnnotatedType());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name(owner) + "." + component.getName() + ": " + e.getMessage(), e);
        }
    }

    private Form<?> form(AnnotatedType annotated) {
        Class<?> type = raw(annotated);
        boolean unsigned = annotated.isAnnotationPresent(Unsigned.class);
        if (unsigned && type != int.class && type != Integer.class && type != long.class && type != Long.class) {
            throw new IllegalArgumentException("@Unsigned needs an int or a long");
        }
        Form<?> form = sized(annotated, type);
        if (form != null) {
            return form;
        }
        for (Class<? extends Annotation> size : List.of(AtMost.class, Exactly.class, Chars.class)) {
            if (annotated.isAnnotationPresent(size)) {
                throw new IllegalArgumentException("@" + size.getSimpleName() + " means nothing on " + name(type));
            }
        }
        if (type == int.class || type == Integer.class) {
            return new Scalars.IntForm(unsigned);
        } else if (type == long.class || type == Long.class) {
            return new Scalars.LongForm(unsigned);
        } else if (type == double.class || type == Double.class) {
            return new Scalars.DoubleForm();
        } else if (type == boolean.class || type == Boolean.class) {
            return new Scalars.BooleanForm();
        } else if (type == UUID.class) {
            return new Scalars.UuidForm();
        } else if (type == Optional.class) {
            return new Sequences.OptionalForm<>(form(argument(annotated)));
        } else if (type.isEnum() && WireEnum.class.isAssignableFrom(type)) {
            return enumeration(type);
        } else if (type.isRecord() || type.isInterface() && type.isSealed()) {
            return structure(type);
        }
        throw new IllegalArgumentException(name(type) + " has no form on the wire");
    }

    /** The forms that have a bound; null for any other. */
    private Form<?> sized(AnnotatedType annotated, Class<?> type) {
        AtMost atMost = annotated.getAnnotation(AtMost.class);
        Exactly exactly = annotated.getAnnotation(Exactly.class);
        boolean chars = annotated.isAnnotationPresent(Chars.class);
        int bound = atMost != null ? atMost.value() : exactly != null ? exactly.value() : -1;
        if ((atMost != null || exactly != null) && (bound < 0 || bound > 1 << 28)) {
            throw new IllegalArgumentException("bound " + bound + " is out of range");
        }
        if (type == Opaque.class) {
            if ((atMost == null) == (exactly == null)) {
                throw new IllegalArgumentException("Opaque needs one of @AtMost and @Exactly");
            }
            return chars ? new Sequences.CharsForm(bound, exactly != null)
                    : new Sequences.OpaqueForm(bound, exactly != null);
        }
        if (exactly != null || chars) {
            return null;
        }
        if (type == String.class) {
            return new Sequences.StringForm(atMost == null ? XdrCodec.STRING_LIMIT : bound);
        } else if (type == List.class) {
            if (atMost == null) {
                throw new IllegalArgumentException("a List needs @AtMost");
            }
            Form<?> element = form(argument(annotated));
            if (element.minimum() == 0) {
                throw new IllegalArgumentException("elements that take no bytes have no bound in memory");
            }
            return new Sequences.ListForm<>(element, bound);
        }
        return null;
    }

    private static Class<?> raw(AnnotatedType annotated) {
        // No pattern switch: its first use costs a short program more than everything else here.
        if (annotated.getType() instanceof Class<?> type) {
            return type;
        } else if (annotated.getType() instanceof ParameterizedType generic) {
            return (Class<?>) generic.getRawType();
        }
        throw new IllegalArgumentException(annotated.getType() + " has no form on the wire");
    }

    private static AnnotatedType argument(AnnotatedType annotated) {
        if (annotated instanceof AnnotatedParameterizedType generic) {
            return generic.getAnnotatedActualTypeArguments()[0];
        }
        throw new IllegalArgumentException("says not what it holds");
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Form<?> enumeration(Class<?> type) {
        return new Scalars.EnumForm(type);
    }

    @SuppressWarnings("unchecked")
    private Form<?> union(Class<?> type) {
        Map<Integer, Structures.Choice<Object>> choices = new TreeMap<>();
        for (Class<?> arm : arms(type)) {
            Arm number = arm.getAnnotation(Arm.class);
            if (number == null) {
                throw new IllegalArgumentException(arm.getName() + " needs @Arm to be part of " + type.getName());
            }
            Form<Object> form = (Form<Object>) structure(arm);
            if (choices.put(number.value(), new Structures.Choice<>(number.value(), arm, form)) != null) {
                throw new IllegalArgumentException(type.getName() + " has two arms " + number.value());
            }
        }
        return new Structures.UnionForm<>(name(type), new ArrayList<>(choices.values()));
    }

    /** The records of a sealed family, also of its sealed sub-families. */
    private static List<Class<?>> arms(Class<?> type) {
        List<Class<?>> records = new ArrayList<>();
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            if (permitted.isRecord()) {
                records.add(permitted);
            } else if (permitted.isInterface() && permitted.isSealed()) {
                records.addAll(arms(permitted));
            } else {
                throw new IllegalArgumentException(permitted.getName() + " is neither a record nor a sealed interface");
            }
        }
        records.sort(Comparator.comparing(Class::getName));
        return records;
    }
}

package dev.godwit.wire.xdr;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.ArrayList;
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
    private final boolean annotationsOnly;
    private final Deque<Class<?>> open = new ArrayDeque<>();

    /**
     * A derivation of one type and all it is made of.
     *
     * @param lookup          with the rights of somebody who sees the type; empty if everybody does
     * @param annotationsOnly whether to pass over what is {@link Repeated}
     */
    Derivation(Optional<MethodHandles.Lookup> lookup, boolean annotationsOnly) {
        this.lookup = lookup;
        this.annotationsOnly = annotationsOnly;
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
        Class<?>[] types = new Class<?>[components.length];
        List<Structures.Part> parts = new ArrayList<>(components.length);
        Optional<List<Repeated>> repeated = annotationsOnly ? Optional.empty() : Repeated.components(type);
        if (repeated.isPresent() && repeated.get().size() != components.length) {
            throw new IllegalArgumentException(type.getName() + " has " + components.length + " components, and "
                    + repeated.get().size() + " are repeated");
        }
        try {
            for (int i = 0; i < components.length; i++) {
                RecordComponent component = components[i];
                types[i] = component.getType();
                Warming accessor = Warming.accessor(component.getAccessor(), rights);
                Declaration declaration = repeated.isPresent() ? repeated.get().get(i)
                        : new Declaration.Annotated(component.getAnnotatedType());
                parts.add(Structures.Part.of(component.getName(), accessor, component(type, component, declaration)));
            }
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

    private Form<?> component(Class<?> owner, RecordComponent component, Declaration declaration) {
        try {
            if (declaration.type() != component.getType()) {
                throw new IllegalArgumentException("is repeated as " + name(declaration.type()));
            }
            return form(declaration);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name(owner) + "." + component.getName() + ": " + e.getMessage(), e);
        }
    }

    private Form<?> form(Declaration declaration) {
        Class<?> type = declaration.type();
        boolean unsigned = declaration.unsigned();
        if (unsigned && type != int.class && type != Integer.class && type != long.class && type != Long.class) {
            throw new IllegalArgumentException("@Unsigned needs an int or a long");
        }
        int atMost = declaration.atMost();
        int exactly = declaration.exactly();
        boolean chars = declaration.chars();
        if (type == Opaque.class) {
            if ((atMost == Declaration.NONE) == (exactly == Declaration.NONE)) {
                throw new IllegalArgumentException("Opaque needs one of @AtMost and @Exactly");
            }
            boolean fixed = exactly != Declaration.NONE;
            int bound = fixed ? exactly : atMost;
            return chars ? new Sequences.CharsForm(bound, fixed) : new Sequences.OpaqueForm(bound, fixed);
        }
        means(exactly == Declaration.NONE, "Exactly", type);
        means(!chars, "Chars", type);
        if (type == String.class) {
            return new Sequences.StringForm(atMost == Declaration.NONE ? XdrCodec.STRING_LIMIT : atMost);
        } else if (type == List.class) {
            return list(declaration, atMost);
        }
        means(atMost == Declaration.NONE, "AtMost", type);
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
            return new Sequences.OptionalForm<>(form(declaration.argument()));
        } else if (type.isEnum() && WireEnum.class.isAssignableFrom(type)) {
            return enumeration(type);
        } else if (type.isRecord() || type.isInterface() && type.isSealed()) {
            return structure(type);
        }
        throw new IllegalArgumentException(name(type) + " has no form on the wire");
    }

    private Form<?> list(Declaration declaration, int atMost) {
        if (atMost == Declaration.NONE) {
            throw new IllegalArgumentException("a List needs @AtMost");
        }
        Form<?> element = form(declaration.argument());
        if (element.minimum() == 0) {
            throw new IllegalArgumentException("elements that take no bytes have no bound in memory");
        }
        return new Sequences.ListForm<>(element, atMost);
    }

    /** Refuses an annotation where it has no meaning. */
    private static void means(boolean absent, String annotation, Class<?> type) {
        if (!absent) {
            throw new IllegalArgumentException("@" + annotation + " means nothing on " + name(type));
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Form<?> enumeration(Class<?> type) {
        return new Scalars.EnumForm(type);
    }

    @SuppressWarnings("unchecked")
    private Form<?> union(Class<?> type) {
        Map<Integer, Class<?>> arms = annotationsOnly
                ? annotatedArms(type)
                : Repeated.arms(type).orElseGet(() -> annotatedArms(type));
        List<Structures.Choice<Object>> choices = new ArrayList<>();
        for (Map.Entry<Integer, Class<?>> arm : new TreeMap<>(arms).entrySet()) {
            choices.add(new Structures.Choice<>(arm.getKey(), arm.getValue(),
                    (Form<Object>) structure(arm.getValue())));
        }
        return new Structures.UnionForm<>(name(type), choices);
    }

    private static Map<Integer, Class<?>> annotatedArms(Class<?> type) {
        Map<Integer, Class<?>> arms = new TreeMap<>();
        for (Class<?> arm : arms(type)) {
            Arm number = arm.getAnnotation(Arm.class);
            if (number == null) {
                throw new IllegalArgumentException(arm.getName() + " needs @Arm to be part of " + type.getName());
            }
            if (arms.put(number.value(), arm) != null) {
                throw new IllegalArgumentException(type.getName() + " has two arms " + number.value());
            }
        }
        return arms;
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

package dev.godwit.wire.remote;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All procedures and events that are declared, found by their numbers or by their constants' names. */
public final class RemoteProtocol {

    /** The pages, in the order in which a connection meets them. A new page is added here. */
    private static final List<Class<?>> PAGES = List.of(
            AuthProcedures.class, ConnectProcedures.class, NodeProcedures.class, DomainProcedures.class,
            DomainQueryProcedures.class, MigrationProcedures.class, OlderMigrationProcedures.class,
            JobProcedures.class, EventProcedures.class, ConsoleProcedures.class, QemuProcedures.class,
            AdminProcedures.class, ResolutionProcedures.class, TunnelProcedures.class,
            ConnectEvents.class, DomainEvents.class, PlainDomainEvents.class, QemuEvents.class);

    private static final RemoteProtocol INSTANCE = new RemoteProtocol(PAGES);

    private record Key(int program, int number) {}

    private final Map<Key, Procedure<?, ?>> procedures = new LinkedHashMap<>();
    private final Map<Key, Event<?>> events = new LinkedHashMap<>();
    private final Map<String, Procedure<?, ?>> procedureNames = new LinkedHashMap<>();
    private final Map<Key, String> names = new LinkedHashMap<>();

    RemoteProtocol(List<Class<?>> pages) {
        for (Class<?> page : pages) {
            for (Field field : page.getFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    add(page, field);
                }
            }
        }
    }

    private void add(Class<?> page, Field field) {
        Object constant;
        try {
            constant = field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
        String name = page.getSimpleName() + "." + field.getName();
        switch (constant) {
            case Procedure<?, ?> procedure -> {
                claim(procedure.program(), procedure.number(), name);
                procedures.put(new Key(procedure.program().number(), procedure.number()), procedure);
                procedureNames.put(name, procedure);
            }
            case Event<?> event -> {
                claim(event.program(), event.number(), name);
                events.put(new Key(event.program().number(), event.number()), event);
            }
            default -> { }
        }
    }

    private void claim(Program program, int number, String name) {
        String other = names.put(new Key(program.number(), number), name);
        if (other != null) {
            throw new IllegalArgumentException(
                    program + " " + number + " is declared twice: " + other + " and " + name);
        }
    }

    /**
     * All procedures.
     *
     * @return the procedures, page by page
     */
    public static Collection<Procedure<?, ?>> procedures() {
        return List.copyOf(INSTANCE.procedures.values());
    }

    /**
     * All events.
     *
     * @return the events, page by page
     */
    public static Collection<Event<?>> events() {
        return List.copyOf(INSTANCE.events.values());
    }

    /**
     * The procedure with a number.
     *
     * @param program the program's number
     * @param number  the procedure's number
     * @return the procedure; empty where none is declared
     */
    public static Optional<Procedure<?, ?>> procedure(int program, int number) {
        return Optional.ofNullable(INSTANCE.procedures.get(new Key(program, number)));
    }

    /**
     * The procedure with a name.
     *
     * @param name page and constant, such as {@code MigrationProcedures.BEGIN}
     * @return the procedure; empty where none is declared
     */
    public static Optional<Procedure<?, ?>> procedure(String name) {
        return Optional.ofNullable(INSTANCE.procedureNames.get(name));
    }

    /**
     * The event with a number.
     *
     * @param program the program's number
     * @param number  the message's procedure number
     * @return the event; empty where none is declared
     */
    public static Optional<Event<?>> event(int program, int number) {
        return Optional.ofNullable(INSTANCE.events.get(new Key(program, number)));
    }

    /**
     * What a number is called, for logs.
     *
     * @param program the program's number
     * @param number  the procedure's number
     * @return page and constant, or both numbers where nothing is declared
     */
    public static String nameOf(int program, int number) {
        String name = INSTANCE.names.get(new Key(program, number));
        return name != null ? name : "0x%08x/%d".formatted(program, number);
    }
}

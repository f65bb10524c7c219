package dev.godwit.daemon.rpc;

import dev.godwit.wire.remote.Procedure;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which handler answers which procedure. Filled once at the start.
 *
 * {@snippet :
 * handlers.on(DomainProcedures.SUSPEND, (session, args) -> { ... });
 * }
 */
public final class Handlers {

    /** When a procedure may be called. */
    enum Needs {
        /** At any time, even by a client who has not proved who it is. */
        NOTHING,
        /** Once the client has proved who it is. */
        KNOWN_CLIENT,
        /** Once CONNECT_OPEN has succeeded. */
        OPEN_CONNECTION
    }

    /**
     * A procedure with its handler. Its codecs are derived when it is first called: deriving all of them would be most
     * of the daemon's start.
     *
     * @param procedure what is called
     * @param handler   answers it
     * @param needs     when it may be called
     */
    record Entry<A, R>(Procedure<A, R> procedure, StreamHandler<A, R> handler, Needs needs) {

        R call(Session session, A arguments, StreamOpening stream) {
            return handler.handle(session, arguments, stream);
        }
    }

    private record Key(int program, int number) {}

    private final Map<Key, Entry<?, ?>> entries = new HashMap<>();

    /**
     * Answers a procedure on an open connection.
     *
     * @param procedure which
     * @param handler   how
     */
    public <A, R> void on(Procedure<A, R> procedure, Handler<A, R> handler) {
        add(procedure, (session, args, _) -> handler.handle(session, args), Needs.OPEN_CONNECTION);
    }

    /**
     * Answers a procedure that may be called before the connection is open.
     *
     * @param procedure which
     * @param handler   how
     */
    public <A, R> void beforeOpen(Procedure<A, R> procedure, Handler<A, R> handler) {
        add(procedure, (session, args, _) -> handler.handle(session, args), Needs.KNOWN_CLIENT);
    }

    /**
     * Answers a procedure with which a client proves who it is.
     *
     * @param procedure which
     * @param handler   how
     */
    public <A, R> void beforeLogin(Procedure<A, R> procedure, Handler<A, R> handler) {
        add(procedure, (session, args, _) -> handler.handle(session, args), Needs.NOTHING);
    }

    /**
     * Answers a procedure whose call becomes a stream.
     *
     * @param procedure which
     * @param handler   how
     */
    public <A, R> void onStream(Procedure<A, R> procedure, StreamHandler<A, R> handler) {
        if (procedure.stream() == Procedure.StreamUse.NONE) {
            throw new IllegalArgumentException(procedure + " has no stream");
        }
        add(procedure, handler, Needs.OPEN_CONNECTION);
    }

    /** Whether a procedure has a handler. */
    public boolean has(Procedure<?, ?> procedure) {
        return entries.containsKey(key(procedure));
    }

    /** The programs that have at least one handler. */
    Set<Integer> programs() {
        return entries.keySet().stream().map(Key::program).collect(Collectors.toUnmodifiableSet());
    }

    /** The handler of a number. */
    Optional<Entry<?, ?>> find(int program, int number) {
        return Optional.ofNullable(entries.get(new Key(program, number)));
    }

    private <A, R> void add(Procedure<A, R> procedure, StreamHandler<A, R> handler, Needs needs) {
        Entry<A, R> entry = new Entry<>(procedure, handler, needs);
        if (entries.putIfAbsent(key(procedure), entry) != null) {
            throw new IllegalArgumentException(procedure + " has two handlers");
        }
    }

    private static Key key(Procedure<?, ?> procedure) {
        return new Key(procedure.program().number(), procedure.number());
    }
}

package dev.godwit.wire.remote;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Every record that a message of the protocol carries as its body. */
final class Records {

    private Records() {}

    static List<Class<?>> all() {
        Set<Class<?>> records = new LinkedHashSet<>();
        for (Procedure<?, ?> procedure : RemoteProtocol.procedures()) {
            records.add(procedure.argsType());
            records.add(procedure.retType());
        }
        for (Event<?> event : RemoteProtocol.events()) {
            records.add(event.type());
        }
        records.add(RemoteError.class);
        records.add(StreamCredit.class);
        return List.copyOf(records);
    }
}

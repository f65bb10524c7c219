package dev.godwit.daemon.rpc;

import dev.godwit.daemon.access.Target;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Guests;
import dev.godwit.guest.Definition;
import dev.godwit.wire.remote.MigrationParams;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import dev.godwit.xml.Element;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Which guest a call is about, found in its arguments by their names in the protocol.
 *
 * <p>The name that a client writes beside a UUID proves nothing: the guest of that UUID counts, with the name that it
 * has here.
 */
final class CallTarget {

    private static final List<String> DEFINITIONS = List.of("xml", "xmlDesc", "domXml");

    private CallTarget() {}

    /**
     * Looks for it.
     *
     * @param session whose call
     * @param args    its arguments, a record of the wire
     * @return empty where they name no guest
     */
    static Optional<Target> of(Session session, Object args) {
        Map<String, Object> values = values(args);
        Optional<String> destination = destination(values);
        Object dom = values.get("dom") instanceof Optional<?> maybe ? maybe.orElse(null) : values.get("dom");
        if (dom instanceof NonnullDomain guest) {
            DomainRef real = real(session, WireForms.ref(guest));
            return Optional.of(new Target(real.name(), Optional.of(real.uuid()), destination));
        }
        Optional<String> newName = text(values, "dname").or(() -> parameter(values, MigrationParams.DEST_NAME));
        Optional<Element> definition = definition(values);
        Optional<String> name = newName.or(() -> definition.flatMap(CallTarget::name));
        return name.map(known -> new Target(known, definition.flatMap(CallTarget::uuid), Optional.empty()));
    }

    /** The guest that a client means, as this host knows it; as the client has it where there is none. */
    static DomainRef real(Session session, DomainRef said) {
        Optional<Guests> guests = session.isOpen() ? session.hypervisor().session().facet(Guests.class)
                : Optional.empty();
        try {
            return guests.map(all -> all.byUuid(said.uuid())).orElse(said);
        } catch (VirtException e) {
            return said; // the handler will not find it either
        }
    }

    private static Map<String, Object> values(Object args) {
        Map<String, Object> values = new HashMap<>();
        for (RecordComponent component : args.getClass().getRecordComponents()) {
            try {
                values.put(component.getName(), component.getAccessor().invoke(args));
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(e);
            }
        }
        return values;
    }

    private static Optional<String> text(Map<String, Object> values, String name) {
        Object value = values.get(name) instanceof Optional<?> maybe ? maybe.orElse(null) : values.get(name);
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static Optional<String> parameter(Map<String, Object> values, String name) {
        if (values.get("params") instanceof List<?> params) {
            for (Object param : params) {
                if (param instanceof TypedParam(String field, ParamValue.Text(String value)) && field.equals(name)) {
                    return Optional.of(value);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<Element> definition(Map<String, Object> values) {
        Optional<String> text = DEFINITIONS.stream().flatMap(name -> text(values, name).stream()).findFirst()
                .or(() -> parameter(values, MigrationParams.DEST_XML));
        try {
            return text.map(Definition::parse);
        } catch (VirtException e) {
            return Optional.empty(); // the handler says what is wrong with it
        }
    }

    private static Optional<String> name(Element definition) {
        try {
            return Optional.of(Definition.name(definition));
        } catch (VirtException e) {
            return Optional.empty();
        }
    }

    private static Optional<UUID> uuid(Element definition) {
        try {
            return Definition.uuid(definition);
        } catch (VirtException e) {
            return Optional.empty();
        }
    }

    /** The host in whichever URI says where the guest goes: the connection's, or its data's. */
    private static Optional<String> destination(Map<String, Object> values) {
        return text(values, "dconnuri").flatMap(CallTarget::host)
                .or(() -> text(values, "uri").flatMap(CallTarget::host))
                .or(() -> parameter(values, MigrationParams.URI).flatMap(CallTarget::host));
    }

    private static Optional<String> host(String uri) {
        // The older form of a migration URI has no slashes.
        String text = uri.replaceFirst("^(tcp|rdma|tls):(?!//)", "$1://");
        try {
            return ConnectUri.parse(text).host();
        } catch (VirtException e) {
            return Optional.of(uri); // whatever it is, no pattern for hosts should take it for one
        }
    }
}

package dev.godwit.client;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.CreateFlag;
import dev.godwit.driver.DefineFlag;
import dev.godwit.driver.ListFlag;
import dev.godwit.driver.WireFlag;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainRet;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.ParamValue;
import dev.godwit.wire.remote.TypedParam;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/** The guests of the host at the far end of a connection. */
public final class Domains {

    private final Connection connection;

    Domains(Connection connection) {
        this.connection = connection;
    }

    /** Those that pass the filter, in the order the host gives them; all for an empty filter (procedure 273). */
    public List<Domain> list(Set<ListFlag> filter) {
        var ret = connection.call(ConnectProcedures.LIST_ALL_DOMAINS,
                new ConnectProcedures.ListAllDomainsArgs(1, WireFlag.mask(filter)));
        return ret.domains().stream().map(this::handle).toList();
    }

    /**
     * The states of several guests, asked for all at once: that takes little longer than one (procedure 212 for each).
     *
     * @param guests whose, of this host
     * @return in the same order, as {@link Domain#state}; empty where a guest is gone by now
     */
    public List<Optional<StateReason>> states(List<Domain> guests) {
        List<Supplier<StateReason>> answers = new ArrayList<>(guests.size());
        for (Domain guest : guests) {
            answers.add(guest.askForState());
        }
        List<Optional<StateReason>> states = new ArrayList<>(guests.size());
        for (Supplier<StateReason> answer : answers) {
            states.add(unlessMissing(answer));
        }
        return states;
    }

    /** The guest with a name; an error {@code NO_DOMAIN} where there is none (procedure 23). */
    public Domain byName(String name) {
        return handle(connection.call(DomainProcedures.LOOKUP_BY_NAME, new DomainProcedures.LookupByNameArgs(name)));
    }

    /** The guest with a UUID (procedure 24). */
    public Domain byUuid(UUID uuid) {
        return handle(connection.call(DomainProcedures.LOOKUP_BY_UUID, new DomainProcedures.LookupByUuidArgs(uuid)));
    }

    /** The running guest with an id (procedure 22). */
    public Domain byId(int id) {
        return handle(connection.call(DomainProcedures.LOOKUP_BY_ID, new DomainProcedures.LookupByIdArgs(id)));
    }

    /**
     * A guest that is already known, without asking the host.
     *
     * @param ref whose UUID counts
     */
    public Domain of(DomainRef ref) {
        return new Domain(connection, ref);
    }

    /**
     * The guest a person means: by id if it is a number, by UUID if it is one, otherwise by name.
     *
     * @param word what the person wrote
     * @param by   which of the three to try
     * @return empty where there is none
     */
    public Optional<Domain> find(String word, Set<By> by) {
        Optional<Domain> found = Optional.empty();
        if (by.contains(By.ID) && !word.isEmpty() && word.length() < 10 && word.chars().allMatch(Domains::isDigit)) {
            found = unlessMissing(() -> byId(Integer.parseInt(word)));
        }
        if (found.isEmpty() && by.contains(By.UUID)) {
            found = uuid(word).flatMap(uuid -> unlessMissing(() -> byUuid(uuid)));
        }
        if (found.isEmpty() && by.contains(By.NAME)) {
            found = unlessMissing(() -> byName(word));
        }
        return found;
    }

    /** How a person may name a guest. */
    public enum By {
        /** By the id of its run. */
        ID,
        /** By its UUID. */
        UUID,
        /** By its name. */
        NAME
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static Optional<UUID> uuid(String word) {
        try {
            return word.length() == 36 ? Optional.of(UUID.fromString(word)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static <T> Optional<T> unlessMissing(Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Gives a guest a configuration, or a new one; it does not start (procedure 11; 350 with flags). */
    public Domain define(String xml, Set<DefineFlag> flags) {
        return handle(flags.isEmpty()
                ? connection.call(DomainProcedures.DEFINE_XML, new DomainProcedures.DefineXmlArgs(xml))
                : connection.call(DomainProcedures.DEFINE_XML_FLAGS,
                        new DomainProcedures.DefineXmlFlagsArgs(xml, WireFlag.mask(flags))));
    }

    /** Starts a guest that has no configuration (procedure 10). */
    public Domain create(String xml, Set<CreateFlag> flags) {
        return handle(connection.call(DomainProcedures.CREATE_XML,
                new DomainProcedures.CreateXmlArgs(xml, WireFlag.mask(flags))));
    }

    /**
     * Statistics of several guests at once (procedure 344).
     *
     * @param guests which; all that pass the flags' filter for an empty list
     * @param groups which statistics, a mask of libvirt's {@code virDomainStatsTypes}; 0 for all
     * @param flags  libvirt's {@code virConnectGetAllDomainStatsFlags}
     * @return for each guest the values by name, in the host's order, as text
     */
    public List<Stats> stats(List<Domain> guests, int groups, int flags) {
        var ret = connection.call(ConnectProcedures.GET_ALL_DOMAIN_STATS,
                new ConnectProcedures.GetAllDomainStatsArgs(
                        guests.stream().map(guest -> WireNames.wire(guest.ref())).toList(), groups, flags));
        List<Stats> all = new ArrayList<>();
        for (var one : ret.retStats()) {
            Map<String, String> values = new LinkedHashMap<>();
            for (TypedParam param : one.params()) {
                values.put(param.field(), text(param.value()));
            }
            all.add(new Stats(WireNames.ref(one.dom()), values));
        }
        return all;
    }

    /**
     * One guest's statistics.
     *
     * @param guest  which
     * @param values by name, in the host's order
     */
    public record Stats(DomainRef guest, Map<String, String> values) {}

    private static String text(ParamValue value) {
        return switch (value) {
            case ParamValue.Int v -> Integer.toString(v.value());
            case ParamValue.UInt v -> Integer.toUnsignedString(v.value());
            case ParamValue.LLong v -> Long.toString(v.value());
            case ParamValue.ULLong v -> Long.toUnsignedString(v.value());
            case ParamValue.Real v -> "%f".formatted(v.value());
            case ParamValue.Bool v -> v.isTrue() ? "yes" : "no";
            case ParamValue.Text v -> v.value();
        };
    }

    private Domain handle(DomainRet ret) {
        return handle(ret.dom());
    }

    private Domain handle(NonnullDomain guest) {
        return new Domain(connection, WireNames.ref(guest));
    }
}

package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.cli.text.StateNames;
import dev.godwit.cli.text.Table;
import dev.godwit.client.Domain;
import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.ListFlag;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code list}. */
public final class ListCommand {

    /** Running guests by id, then the others by name. */
    private static final Comparator<Domain> ORDER = (one, other) -> {
        DomainRef a = one.ref();
        DomainRef b = other.ref();
        if (a.active() && b.active()) {
            return Integer.compare(a.id(), b.id());
        }
        return a.active() != b.active()
                ? (a.active() ? -1 : 1)
                : String.CASE_INSENSITIVE_ORDER.compare(a.name(), b.name());
    };

    private ListCommand() {}

    /** The command. */
    public static Command command() {
        return Command.of(Syntax.of("list", "list guests",
                "Lists the guests that run, or others by what is asked for.",
                flag("inactive", "those that do not run"), flag("all", "those that run and those that do not"),
                flag("transient", "only those without a configuration"),
                flag("persistent", "only those with a configuration"),
                flag("with-snapshot", "only those with snapshots"),
                flag("without-snapshot", "only those without snapshots"),
                flag("with-checkpoint", "only those with checkpoints"),
                flag("without-checkpoint", "only those without checkpoints"),
                flag("state-running", "only those in state running"),
                flag("state-paused", "only those in state paused"),
                flag("state-shutoff", "only those in state shut off"),
                flag("state-other", "only those in any other state"),
                flag("autostart", "only those started with their host"),
                flag("no-autostart", "only those not started with their host"),
                flag("with-managed-save", "only those with a saved image"),
                flag("without-managed-save", "only those without a saved image"),
                flag("uuid", "print UUIDs"), flag("name", "print names"), flag("id", "print ids"),
                flag("table", "print a table; the default"),
                flag("managed-save", "say which have a saved image"), flag("title", "print titles"),
                Option.output()), ListCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        arguments.exclusive("table", "name");
        arguments.exclusive("table", "id");
        boolean json = session.json(arguments);
        List<Domain> guests = new ArrayList<>(session.attempt("Failed to list domains",
                () -> session.connection().domains().list(filter(arguments))));
        guests.sort(ORDER);
        if (json) {
            json(session, arguments, guests);
        } else if (!arguments.has("table") && (arguments.has("uuid") || arguments.has("name") || arguments.has("id"))) {
            words(session, arguments, guests);
        } else {
            table(session, arguments, guests);
        }
    }

    private static Set<ListFlag> filter(Arguments arguments) {
        Set<ListFlag> filter = EnumSet.noneOf(ListFlag.class);
        if (arguments.has("all")) {
            filter.add(ListFlag.ACTIVE);
            filter.add(ListFlag.INACTIVE);
        } else {
            filter.add(arguments.has("inactive") || arguments.has("state-shutoff")
                    ? ListFlag.INACTIVE
                    : ListFlag.ACTIVE);
        }
        add(filter, arguments, "persistent", ListFlag.PERSISTENT);
        add(filter, arguments, "transient", ListFlag.TRANSIENT);
        add(filter, arguments, "with-managed-save", ListFlag.MANAGEDSAVE);
        add(filter, arguments, "without-managed-save", ListFlag.NO_MANAGEDSAVE);
        add(filter, arguments, "autostart", ListFlag.AUTOSTART);
        add(filter, arguments, "no-autostart", ListFlag.NO_AUTOSTART);
        add(filter, arguments, "with-snapshot", ListFlag.HAS_SNAPSHOT);
        add(filter, arguments, "without-snapshot", ListFlag.NO_SNAPSHOT);
        add(filter, arguments, "with-checkpoint", ListFlag.HAS_CHECKPOINT);
        add(filter, arguments, "without-checkpoint", ListFlag.NO_CHECKPOINT);
        add(filter, arguments, "state-running", ListFlag.RUNNING);
        add(filter, arguments, "state-paused", ListFlag.PAUSED);
        add(filter, arguments, "state-shutoff", ListFlag.SHUTOFF);
        add(filter, arguments, "state-other", ListFlag.OTHER);
        return filter;
    }

    private static void add(Set<ListFlag> filter, Arguments arguments, String option, ListFlag flag) {
        if (arguments.has(option)) {
            filter.add(flag);
        }
    }

    private static void words(Session session, Arguments arguments, List<Domain> guests) {
        boolean ids = arguments.has("id") && !arguments.has("uuid") && !arguments.has("name");
        for (Domain guest : guests) {
            if (ids && !guest.ref().active()) {
                continue;
            }
            List<String> words = new ArrayList<>();
            if (arguments.has("uuid")) {
                words.add(guest.uuid().toString());
            }
            if (arguments.has("id")) {
                words.add(id(guest));
            }
            if (arguments.has("name")) {
                words.add(guest.name());
            }
            session.print(String.join(" ", words) + "\n");
        }
    }

    private static void table(Session session, Arguments arguments, List<Domain> guests) {
        boolean title = arguments.has("title");
        boolean uuid = arguments.has("uuid");
        List<String> head = new ArrayList<>(List.of("Id", "Name", "State"));
        if (title) {
            head.add("Title");
        }
        if (uuid) {
            head.add("UUID");
        }
        Table table = new Table(head);
        for (Map.Entry<Domain, String> one : states(session, arguments, guests).entrySet()) {
            Domain guest = one.getKey();
            List<String> row = new ArrayList<>(List.of(id(guest), guest.name(), one.getValue()));
            if (title) {
                row.add(guest.title().orElse(""));
            }
            if (uuid) {
                row.add(guest.uuid().toString());
            }
            table.row(row);
        }
        session.print(table.text());
    }

    private static void json(Session session, Arguments arguments, List<Domain> guests) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Map.Entry<Domain, String> entry : states(session, arguments, guests).entrySet()) {
            Domain guest = entry.getKey();
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", guest.ref().active() ? Optional.of(guest.ref().id()) : Optional.empty());
            one.put("name", guest.name());
            one.put("uuid", guest.uuid().toString());
            one.put("state", entry.getValue());
            if (arguments.has("title")) {
                one.put("title", guest.title());
            }
            all.add(one);
        }
        session.printJson(all);
    }

    /** The names of the guests' states, in the guests' order; without those that are gone by now. */
    private static Map<Domain, String> states(Session session, Arguments arguments, List<Domain> guests) {
        List<Optional<StateReason>> states = session.connection().domains().states(guests);
        Map<Domain, String> names = new LinkedHashMap<>();
        for (int i = 0; i < guests.size(); i++) {
            if (states.get(i).isPresent()) {
                Domain guest = guests.get(i);
                name(guest, states.get(i).get().state(), arguments).ifPresent(name -> names.put(guest, name));
            }
        }
        return names;
    }

    /** A state's name; empty where the guest is gone by now. */
    private static Optional<String> name(Domain guest, DomainState state, Arguments arguments) {
        try {
            return Optional.of(state == DomainState.SHUTOFF && arguments.has("managed-save")
                    && guest.hasManagedSaveImage().orElse(false) ? "saved" : StateNames.of(state));
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static String id(Domain guest) {
        return guest.ref().active() ? Integer.toString(guest.ref().id()) : "-";
    }
}

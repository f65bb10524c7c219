package dev.godwit.cli.domain;

import static dev.godwit.cli.syntax.Option.flag;
import static dev.godwit.cli.syntax.Option.rest;

import dev.godwit.cli.command.Command;
import dev.godwit.cli.command.Session;
import dev.godwit.cli.syntax.Arguments;
import dev.godwit.cli.syntax.Option;
import dev.godwit.cli.syntax.Syntax;
import dev.godwit.client.Domain;
import dev.godwit.client.Domains.By;
import dev.godwit.client.Domains.Stats;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code domstats}. */
public final class StatsCommand {

    /** Groups of statistics and the bit that asks for each (libvirt's {@code virDomainStatsTypes}). */
    private static final Map<String, Integer> GROUPS = ordered(
            "state", 1, "cpu-total", 1 << 1, "balloon", 1 << 2, "vcpu", 1 << 3, "interface", 1 << 4, "block", 1 << 5,
            "perf", 1 << 6, "iothread", 1 << 7, "memory", 1 << 8, "dirtyrate", 1 << 9, "vm", 1 << 10);

    /** Filters and manners (libvirt's {@code virConnectGetAllDomainStatsFlags}). */
    private static final Map<String, Integer> FLAGS = ordered(
            "list-active", 1, "list-inactive", 2, "list-persistent", 4, "list-transient", 8, "list-running", 16,
            "list-paused", 32, "list-shutoff", 64, "list-other", 128, "nowait", 1 << 29, "backing", 1 << 30,
            "enforce", 1 << 31);

    private StatsCommand() {}

    private static Map<String, Integer> ordered(Object... pairs) {
        Map<String, Integer> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], (Integer) pairs[i + 1]);
        }
        return map;
    }

    /** The command. */
    public static Command command() {
        List<Option> options = new ArrayList<>();
        GROUPS.keySet().forEach(group -> options.add(flag(group, "the statistics of group " + group)));
        FLAGS.keySet().forEach(flag -> options.add(flag(flag, switch (flag) {
            case "nowait" -> "leave out what would have to be waited for";
            case "backing" -> "of backing images, too";
            case "enforce" -> "fail where a group cannot be had";
            default -> "only guests that are " + flag.substring("list-".length());
        })));
        options.add(flag("raw", "print values as they are; they always are"));
        options.add(rest("domain", "the guests, by name, id or UUID; all where none is named")
                .completedBy(new Option.Completion.Guests()));
        options.add(Option.output());
        return Command.of(Syntax.of("domstats", "statistics of guests",
                "Prints what the host counts of one guest, several, or all.", options.toArray(Option[]::new)),
                StatsCommand::run);
    }

    private static void run(Session session, Arguments arguments) {
        List<Domain> guests = new ArrayList<>();
        for (String word : arguments.rest()) {
            guests.add(session.domain(word, EnumSet.allOf(By.class)));
        }
        List<Stats> all = session.connection().domains()
                .stats(guests, mask(GROUPS, arguments), mask(FLAGS, arguments));
        if (session.json(arguments)) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (Stats one : all) {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put("name", one.guest().name());
                map.put("uuid", one.guest().uuid().toString());
                map.put("values", one.values());
                list.add(map);
            }
            session.printJson(list);
            return;
        }
        String separator = "";
        for (Stats one : all) {
            session.print(separator + "Domain: '" + one.guest().name() + "'\n");
            one.values().forEach((name, value) -> session.print("  " + name + "=" + value + "\n"));
            separator = "\n";
        }
    }

    private static int mask(Map<String, Integer> bits, Arguments arguments) {
        int mask = 0;
        for (Map.Entry<String, Integer> bit : bits.entrySet()) {
            if (arguments.has(bit.getKey())) {
                mask |= bit.getValue();
            }
        }
        return mask;
    }
}

package dev.godwit.migration.model;

import dev.godwit.domain.Host;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.MigrationProtocol.Remedy;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * The table that the model runs. {@link #REAL} is read from the enum that the daemons read; a test alters one cell and
 * looks for what breaks.
 *
 * @param rows one a phase
 */
record Table(Map<Phase, Row> rows) {

    /** The columns that say what happens when something goes wrong, with the meaning that they have in {@link Phase}. */
    record Row(Set<Host> ifFailsTell, Remedy abandonedDuring, Remedy abandonedAfter) {}

    /** What the daemons run. */
    static final Table REAL = real();

    private static Table real() {
        Map<Phase, Row> rows = new EnumMap<>(Phase.class);
        for (Phase phase : Phase.values()) {
            rows.put(phase, new Row(phase.ifFailsTell(), phase.abandonedDuring(), phase.abandonedAfter()));
        }
        return new Table(rows);
    }

    Row row(Phase phase) {
        return rows.get(phase);
    }

    Table withAbandonedDuring(Phase phase, Remedy remedy) {
        return with(phase, new Row(row(phase).ifFailsTell(), remedy, row(phase).abandonedAfter()));
    }

    Table withAbandonedAfter(Phase phase, Remedy remedy) {
        return with(phase, new Row(row(phase).ifFailsTell(), row(phase).abandonedDuring(), remedy));
    }

    Table withIfFailsTell(Phase phase, Set<Host> hosts) {
        return with(phase, new Row(hosts, row(phase).abandonedDuring(), row(phase).abandonedAfter()));
    }

    private Table with(Phase phase, Row row) {
        Map<Phase, Row> altered = new EnumMap<>(rows);
        altered.put(phase, row);
        return new Table(altered);
    }
}

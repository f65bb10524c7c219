package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.StateReason;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.WireFlag;
import dev.godwit.xml.XmlReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table "Configuration file handling" of the migration page, row by row, on two hosts with real files. */
class ConfigHandlingTest {

    /** One row, in one setting of {@code migration_transient_drops_config}. */
    record Row(
            boolean sourceConfig,
            boolean destinationConfig,
            boolean undefineSource,
            boolean persist,
            boolean persistentAfter,
            boolean sourceConfigAfter,
            boolean destinationConfigAfter,
            boolean drops) {

        Row {
            // A guest is persistent where it has a configuration.
            assertThat(persistentAfter).isEqualTo(destinationConfigAfter);
        }

        Set<MigrationFlag> flags() {
            Set<MigrationFlag> flags = EnumSet.of(MigrationFlag.LIVE);
            if (undefineSource) {
                flags.add(MigrationFlag.UNDEFINE_SOURCE);
            }
            if (persist) {
                flags.add(MigrationFlag.PERSIST_DEST);
            }
            return flags;
        }
    }

    // The columns of the page: guest before, source config, dest config, --undefine-source, --persist;
    // guest after, source config, dest config.
    private static final String PAGE = """
            Transient  N N N N Transient  N N
            Transient  N N Y N Transient  N N
            Transient  N N N Y Persistent N Y
            Transient  N N Y Y Persistent N Y
            Transient  N Y N N Transient  N N
            Transient  N Y Y N Transient  N N
            Transient  N Y N Y Persistent N Y
            Transient  N Y Y Y Persistent N Y
            Persistent Y N N N Transient  Y N
            Persistent Y N Y N Transient  N N
            Persistent Y N N Y Persistent Y Y
            Persistent Y N Y Y Persistent N Y
            Persistent Y Y N N Persistent Y Y
            Persistent Y Y Y N Persistent N Y
            Persistent Y Y N Y Persistent Y Y
            Persistent Y Y Y Y Persistent N Y
            """;

    static Stream<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (String line : PAGE.lines().toList()) {
            List<Boolean> yes = Stream.of(line.split(" +")).map(word -> word.equals("Y") || word.equals("Persistent"))
                    .toList();
            rows.add(new Row(yes.get(1), yes.get(2), yes.get(3), yes.get(4), yes.get(5), yes.get(6), yes.get(7), true));
            // The page's own text, and stock libvirt, keep the destination's configuration in rows 5 and 6.
            boolean kept = !yes.get(1) && yes.get(2) && !yes.get(4);
            rows.add(new Row(yes.get(1), yes.get(2), yes.get(3), yes.get(4),
                    yes.get(5) || kept, yes.get(6), yes.get(7) || kept, false));
        }
        assertThat(rows).hasSize(32);
        return rows.stream();
    }

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("rows")
    void theConfigurationsAreAsTheTableSays(Row row) {
        PaperHost source = new PaperHost(folder.resolve("source"));
        PaperHost destination = new PaperHost(folder.resolve("destination"));
        DomainRef guest = row.sourceConfig()
                ? source.start(source.define("web1", PaperHost.UUID_A))
                : source.create("web1", PaperHost.UUID_A);
        if (row.destinationConfig()) {
            destination.guests.define(
                    PaperHost.xml("web1", PaperHost.UUID_A, "<title>old</title>"), Set.of());
        }
        source.takeEvents();
        destination.takeEvents();
        int flags = WireFlag.mask(row.flags());

        MigrationJob out = source.guests.migrations().beginOutgoing(guest, "begin");
        MigrationJob in = destination.guests.migrations().admitIncoming(
                XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "")), List.of(), Optional.empty(), Optional.empty(), flags, "prepare");
        destination.guests.migrations().prepared(in);
        source.guests.migrations().note(out, MigrationPhase.PERFORM, flags);
        source.guests.migrations().pauseOutgoing(out);
        source.guests.migrations().note(out, MigrationPhase.PERFORM_DONE, flags);
        destination.guests.migrations().note(in, MigrationPhase.FINISH, flags);
        destination.guests.migrations().finishIncoming(in,
                ConfigHandling.atDestination(
                        in.guest().persistent(), !out.guest().persistent(), row.flags(), row.drops()),
                Optional.of(XmlReader.read(PaperHost.xml("web1", PaperHost.UUID_A, "<title>sent</title>"))),
                false, JobStats.NONE);
        source.guests.migrations().note(out, MigrationPhase.CONFIRM, flags);
        source.guests.migrations().removeOutgoing(out, JobStats.NONE,
                ConfigHandling.sourceKeeps(out.guest().persistent(), row.flags()));

        DomainRef arrived = destination.guests.byName("web1");
        assertThat(destination.state(arrived)).isEqualTo(StateReason.RUNNING_MIGRATED);
        assertThat(destination.guests.isPersistent(arrived)).isEqualTo(row.persistentAfter());
        assertThat(folder.resolve("source/config/web1.xml").toFile().exists()).isEqualTo(row.sourceConfigAfter());
        assertThat(folder.resolve("destination/config/web1.xml").toFile().exists())
                .isEqualTo(row.destinationConfigAfter());
        assertThat(source.find(PaperHost.UUID_A).isPresent()).isEqualTo(row.sourceConfigAfter());
        if (row.destinationConfigAfter()) {
            assertThat(destination.inactive(arrived)).contains(row.persist() ? "sent" : "old");
        }
        assertThat(source.takeEvents())
                .containsExactly("SUSPENDED_MIGRATED 1", "STOPPED_MIGRATED -1", "JOB_COMPLETED -1");
        List<String> events = new ArrayList<>(List.of("STARTED_MIGRATED 1"));
        if (row.persist()) {
            events.add(row.destinationConfig() ? "DEFINED_UPDATED 1" : "DEFINED_ADDED 1");
        }
        events.add("RESUMED_MIGRATED 1");
        if (row.destinationConfig() && !row.destinationConfigAfter()) {
            events.add("UNDEFINED_REMOVED 1");
        }
        assertThat(destination.takeEvents()).containsExactlyElementsOf(events);

        // What is known now is also what a daemon that comes back finds.
        source.restart();
        destination.restart();
        assertThat(source.find(PaperHost.UUID_A).isPresent()).isEqualTo(row.sourceConfigAfter());
        assertThat(destination.guests.isPersistent(arrived)).isEqualTo(row.persistentAfter());
        assertThat(destination.guests.isActive(arrived)).isTrue();
    }
}

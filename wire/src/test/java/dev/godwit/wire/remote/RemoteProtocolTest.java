package dev.godwit.wire.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.wire.remote.Procedure.StreamUse;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RemoteProtocolTest {

    /** What this project needs of {@link Program#REMOTE}: the calls of lifecycle, migration and observation. */
    private static final int[] CALLS = {
        1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 27, 28, 29, 30, 31, 33, 34,
        35, 37, 51, 59, 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70, 101, 102, 105, 106, 108, 109, 110, 121, 122, 148,
        149, 150, 151, 157, 158, 159, 162, 163, 164, 166, 167, 168, 183, 184, 187, 194, 196, 199, 200, 201, 202, 203,
        204, 207, 211, 212, 213, 214, 215, 216, 217, 218, 226, 227, 228, 229, 230, 231, 234, 242, 243, 245, 249, 258,
        264, 265, 273, 274, 277, 281, 283, 293, 298, 299, 300, 302, 303, 304, 305, 306, 307, 309, 310, 312, 316, 317,
        337, 342, 343, 344, 350, 353, 360, 361, 364, 387, 413, 419, 426, 442, 449, 450};

    private static final int[] EVENTS = {
        107, 169, 170, 171, 172, 173, 195, 224, 241, 248, 268, 269, 270, 276, 292, 311, 318, 319, 320, 321, 322, 323,
        324, 325, 326, 327, 328, 329, 330, 331, 332, 333, 339, 346, 348, 354, 359, 362, 363, 367, 379, 385, 423, 438,
        453, 454, 455};

    @Test
    void allThatIsNeededIsDeclared() {
        assertThat(RemoteProtocol.procedures().stream().filter(p -> p.program() == Program.REMOTE)
                .map(Procedure::number)).containsExactlyInAnyOrderElementsOf(list(CALLS));
        assertThat(RemoteProtocol.events().stream().filter(e -> e.program() == Program.REMOTE)
                .map(Event::number)).containsExactlyInAnyOrderElementsOf(list(EVENTS));
    }

    private static List<Integer> list(int[] numbers) {
        return Arrays.stream(numbers).boxed().toList();
    }

    @Test
    void everyPageIsInTheIndex() throws IOException {
        Set<String> pages = new TreeSet<>();
        try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/godwit/wire/remote"))) {
            for (Path file : files.toList()) {
                if (Files.readString(file).matches("(?s).*\\n    public static final (Procedure|Event)<[^{]*? [A-Z0-9_]+ =.*")) {
                    pages.add(file.getFileName().toString().replace(".java", ""));
                }
            }
        }
        Set<String> indexed = Stream.concat(
                RemoteProtocol.procedures().stream().map(p -> RemoteProtocol.nameOf(p.program().number(), p.number())),
                RemoteProtocol.events().stream().map(e -> RemoteProtocol.nameOf(e.program().number(), e.number())))
                .map(name -> name.substring(0, name.indexOf('.'))).collect(Collectors.toCollection(TreeSet::new));
        assertThat(indexed).isEqualTo(pages);
    }

    @Test
    void aProcedureIsFoundByNumberAndByName() {
        assertThat(RemoteProtocol.procedure(0x20008086, 302).orElseThrow()).isSameAs(MigrationProcedures.BEGIN);
        assertThat(RemoteProtocol.procedure(0x20008087, 1).orElseThrow()).isSameAs(QemuProcedures.MONITOR_COMMAND);
        assertThat(RemoteProtocol.procedure(0x20008086, 9999)).isEmpty();
        assertThat(RemoteProtocol.procedure("MigrationProcedures.BEGIN").orElseThrow())
                .isSameAs(MigrationProcedures.BEGIN);
        assertThat(RemoteProtocol.event(0x20008086, 318).orElseThrow()).isSameAs(DomainEvents.LIFECYCLE);
        assertThat(RemoteProtocol.nameOf(0x20008086, 302)).isEqualTo("MigrationProcedures.BEGIN");
        assertThat(RemoteProtocol.nameOf(0x20008086, 9999)).isEqualTo("0x20008086/9999");
    }

    public static final class OnePage {
        public static final Procedure<Nothing, Nothing> ONE = Procedure.call(5, Nothing.class, Nothing.class);
    }

    public static final class OtherPage {
        public static final Event<Nothing> SAME = Event.event(5, Nothing.class);
    }

    @Test
    void aNumberIsDeclaredOnce() {
        assertThatThrownBy(() -> new RemoteProtocol(List.of(OnePage.class, OtherPage.class)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("REMOTE 5 is declared twice: OnePage.ONE and OtherPage.SAME");
    }

    @Test
    void whatChangesAGuestIsRefusedOnAReadOnlyConnection() {
        Set<Permission> harmless = Set.of(Permission.CONNECT_GETATTR, Permission.CONNECT_READ,
                Permission.CONNECT_SEARCH_DOMAINS, Permission.CONNECT_SEARCH_NETWORKS,
                Permission.CONNECT_SEARCH_STORAGE_POOLS, Permission.DOMAIN_GETATTR, Permission.DOMAIN_READ);
        assertThat(RemoteProtocol.procedures()).allSatisfy(p -> {
            if (p == JobProcedures.GET_MAX_DOWNTIME || p == JobProcedures.GET_COMPRESSION_CACHE) {
                // Only read, but guarded like what they read; stock daemons answer them read-only.
                assertThat(p.isReadOnlyAllowed()).isTrue();
            } else if (p.isReadOnlyAllowed()) {
                assertThat(harmless).containsAll(p.permissions());
            } else {
                // The error names the call.
                assertThat(p.apiName()).startsWith(p.program() == Program.GODWIT ? "godwit" : "vir");
            }
        });
        assertThat(DomainProcedures.CREATE.isReadOnlyAllowed()).isFalse();
        assertThat(DomainProcedures.CREATE.apiName()).isEqualTo("virDomainCreate");
        assertThat(DomainQueryProcedures.GET_STATE.isReadOnlyAllowed()).isTrue();
    }

    @Test
    void migrationNeverTakesAPriorityWorker() {
        assertThat(RemoteProtocol.procedures()).filteredOn(Procedure::isPriority)
                .noneMatch(p -> p.permissions().contains(Permission.DOMAIN_MIGRATE));
        assertThat(DomainQueryProcedures.GET_STATE.isPriority()).isTrue();
    }

    @Test
    void streamsAreDeclared() {
        assertThat(RemoteProtocol.procedures()).filteredOn(p -> p.stream() == StreamUse.CLIENT_SENDS)
                .map(Procedure::number).containsExactlyInAnyOrder(148, 215, 304);
        assertThat(RemoteProtocol.procedures()).filteredOn(p -> p.stream() == StreamUse.SERVER_SENDS)
                .map(Procedure::number).containsExactlyInAnyOrder(201, 211);
    }

    @Test
    void eventIdsAreWithoutGaps() {
        assertThat(ids(DomainEvent.class)).containsExactlyElementsOf(Stream.iterate(0, i -> i + 1).limit(30).toList());
        assertThat(ids(PlainDomainEvent.class))
                .containsExactlyElementsOf(Stream.iterate(0, i -> i + 1).limit(16).toList());
    }

    private static List<Integer> ids(Class<?> kind) {
        return RemoteProtocol.events().stream().filter(e -> kind.isAssignableFrom(e.type()) && e.eventId().isPresent())
                .map(e -> e.eventId().getAsInt()).sorted().toList();
    }

    @Test
    void featuresAreNumbered() {
        for (Feature feature : Feature.values()) {
            assertThat(Feature.of(feature.number())).contains(feature);
            if (feature != Feature.STREAM_CREDIT) {
                assertThat(feature.number()).isEqualTo(feature.ordinal() + 1);
            }
        }
        // Our own is far from libvirt's, which go on where they are.
        assertThat(Feature.STREAM_CREDIT.number()).isEqualTo(0x4757_0001);
        assertThat(Feature.of(0)).isEmpty();
        assertThat(Feature.of(17)).isEmpty();
    }

    @Test
    void migrationFlagsAreOneBitEach() throws IllegalAccessException {
        int all = 0;
        for (var field : MigrationFlags.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers()) && !field.getName().equals("ALL")) {
                int bit = field.getInt(null);
                assertThat(Integer.bitCount(bit)).as(field.getName()).isEqualTo(1);
                assertThat(all & bit).as(field.getName()).isZero();
                all |= bit;
            }
        }
        assertThat(all).isEqualTo(MigrationFlags.ALL);
    }

    @Test
    void headersSayWhatTheyAre() {
        assertThat(MigrationProcedures.BEGIN.header(7)).hasToString(
                "CALL/OK program 0x20008086 version 1 procedure 302 serial 7");
        assertThat(DomainEvents.LIFECYCLE.header()).hasToString(
                "MESSAGE/OK program 0x20008086 version 1 procedure 318 serial 1");
    }
}

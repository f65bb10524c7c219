package dev.godwit.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GuestStoreTest {

    @TempDir
    Path folder;

    private GuestStore store(FileAccess files) {
        return new GuestStore(files, folder.resolve("config"), folder.resolve("run"));
    }

    private static Element definition(String name) {
        return Element.of("domain", Element.text("name", name), Element.text("uuid", PaperHost.UUID_A.toString()));
    }

    @Test
    void keepsWhateverIsInADefinition() {
        Element odd = XmlReader.read("<domain xmlns:q='urn:q'><!-- c --><name>a--b</name><uuid>" + PaperHost.UUID_A
                + "</uuid><q:x a='&#10;'><![CDATA[<y>]]></q:x></domain>");
        store(new LocalFiles()).saveConfiguration("a--b", odd);

        assertThat(store(new LocalFiles()).configurations()).singleElement()
                .satisfies(stored -> assertThat(stored.value()).isEqualTo(odd));
    }

    @Test
    void namesOfAllKindsHaveFilesOfTheirOwnInTheFolder() {
        List<String> names = List.of("a", "A", "a.xml", ".", "..", ".hidden", "a b", "a%20b", "a%b", "ä", "☃", "a\tb",
                "autostart", "x".repeat(300), "x".repeat(301), "-rf", "~", "a\\b", "\u0001");
        GuestStore store = store(new LocalFiles());
        Set<String> files = new HashSet<>();
        for (String name : names) {
            String file = FileNames.of(name);
            assertThat(files.add(file)).as(name).isTrue();
            assertThat(file).matches("[A-Za-z0-9_+@,%~-][A-Za-z0-9_+@,%~.-]*").hasSizeLessThanOrEqualTo(200);
            if (!name.equals("\u0001")) {
                store.saveConfiguration(name, definition(name));
            }
        }
        assertThat(store.configurations()).extracting(stored -> Definition.name(stored.value()))
                .containsExactlyInAnyOrderElementsOf(names.subList(0, names.size() - 1));
        assertThat(FileNames.of("web-1.example_x")).isEqualTo("web-1.example_x");
    }

    @Test
    void randomNamesNeverShareAFile() {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        Set<String> names = new HashSet<>();
        Set<String> files = new HashSet<>();
        String letters = "a%2F~./ Aä";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder name = new StringBuilder();
            int length = random.nextInt(1, random.nextInt(10) == 0 ? 260 : 6);
            for (int j = 0; j < length; j++) {
                name.append(letters.charAt(random.nextInt(letters.length())));
            }
            if (names.add(name.toString())) {
                assertThat(files.add(FileNames.of(name.toString()))).as(name.toString()).isTrue();
            }
        }
    }

    @Test
    void filesAreTheOwnersOnlyAndNothingUnfinishedIsLeft() throws IOException {
        GuestStore store = store(new LocalFiles());
        store.saveConfiguration("a", definition("a"));
        store.saveConfiguration("a", definition("a"));
        Path file = folder.resolve("config/a.xml");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
                .isEqualTo("rwx------");
        assertThat(file.getParent()).isDirectoryContaining(file::equals);
        assertThat(file.getParent().toFile().list()).hasSize(1);
    }

    @Test
    void aWriteThatFailsLeavesTheOldFile() throws IOException {
        GuestStore store = store(new LocalFiles());
        store.saveConfiguration("a", definition("a"));
        String before = Files.readString(folder.resolve("config/a.xml"));
        // The name that the next write would use is taken by a folder that cannot be replaced.
        LocalFiles files = new LocalFiles();
        Files.createDirectories(folder.resolve("config/a.xml.1.new/x"));
        assertThatThrownBy(() -> store(files).saveConfiguration("a", definition("a").withAttr("type", "new")))
                .isInstanceOfSatisfying(VirtException.class,
                        e -> assertThat(e.is(ErrorCode.SYSTEM_ERROR)).isTrue())
                .hasMessageStartingWith("cannot write file '" + folder.resolve("config/a.xml") + "': ");
        assertThat(folder.resolve("config/a.xml")).content().isEqualTo(before);
    }

    @Test
    void autostartIsALinkToTheConfiguration() throws IOException {
        GuestStore store = store(new LocalFiles());
        store.saveConfiguration("a", definition("a"));
        store.autostart("a", true);
        store.autostart("a", true);
        assertThat(store.autostart("a")).isTrue();
        assertThat(Files.readSymbolicLink(folder.resolve("config/autostart/a.xml")))
                .isEqualTo(folder.resolve("config/a.xml"));
        store.deleteConfiguration("a");
        assertThat(store.autostart("a")).isFalse();
        store.deleteConfiguration("a");
    }

    @ParameterizedTest
    @EnumSource(StateReason.class)
    void everyStateSurvivesTheStatusFile(StateReason state) {
        GuestStatus status = new GuestStatus(state, Instant.ofEpochMilli(123), JobOperation.MIGRATION_IN,
                new MigrationJob.Note(MigrationPhase.FINISH, 0x80000009, Optional.of(Instant.ofEpochMilli(99))),
                List.of(Element.of("monitor").withAttr("path", "/x"), Element.text("cpu", "x")),
                definition("a").withAttr("id", 7));
        store(new LocalFiles()).saveStatus("a", status);

        assertThat(store(new LocalFiles()).statuses()).singleElement()
                .satisfies(stored -> assertThat(stored.value()).isEqualTo(status));
    }

    @Test
    void theWordsForStatesAreLibvirts() {
        assertThat(StateNames.reason(StateReason.RUNNING_MIGRATION_CANCELED)).isEqualTo("migration canceled");
        assertThat(StateNames.reason(StateReason.PAUSED_STARTING_UP)).isEqualTo("starting up");
        assertThat(StateNames.reason(StateReason.PAUSED_IOERROR)).isEqualTo("ioerror");
        assertThat(StateNames.reason(StateReason.PAUSED_CRASHED)).isEqualTo("panicked");
        assertThat(StateNames.reason(StateReason.RUNNING_POSTCOPY_FAILED)).isEqualTo("post-copy failed");
        assertThat(StateNames.state(StateReason.PMSUSPENDED_UNKNOWN)).isEqualTo("pmsuspended");
    }

    /** The disk is full, or worse. */
    private static final class BrokenFiles implements FileAccess {
        private final LocalFiles files = new LocalFiles();
        private boolean broken;

        private void check() throws IOException {
            if (broken) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public List<String> names(Path folder) throws IOException {
            return files.names(folder);
        }

        @Override
        public Optional<String> read(Path file, int maxBytes) throws IOException {
            return files.read(file, maxBytes);
        }

        @Override
        public void write(Path file, String content, boolean durable) throws IOException {
            check();
            files.write(file, content, durable);
        }

        @Override
        public void delete(Path file) throws IOException {
            check();
            files.delete(file);
        }

        @Override
        public void link(Path link, Path target) throws IOException {
            check();
            files.link(link, target);
        }

        @Override
        public boolean exists(Path file) {
            return files.exists(file);
        }

        @Override
        public void rename(Path file, Path newName) throws IOException {
            check();
            files.rename(file, newName);
        }
    }

    @Test
    void whatCannotBeWrittenDownDoesNotHappen() {
        BrokenFiles files = new BrokenFiles();
        PaperHypervisor hypervisor = new PaperHypervisor();
        GuestManager guests = new GuestManager(hypervisor, store(files), () -> PaperHost.NOW,
                RandomGeneratorFactory.of("L64X128MixRandom").create(1), GuestManager.PATIENCE,
                new PaperHost(folder.resolve("elsewhere")).custody());
        var guest = guests.define(PaperHost.xml("a", PaperHost.UUID_A, ""), Set.of());
        files.broken = true;

        assertThatThrownBy(() -> guests.define(PaperHost.xml("a", PaperHost.UUID_A, "<title>t</title>"), Set.of()))
                .hasMessageContaining("No space left on device");
        assertThat(guests.xml(guest, Set.of())).doesNotContain("title");
        assertThatThrownBy(() -> guests.define(PaperHost.xml("b", PaperHost.UUID_B, ""), Set.of()))
                .hasMessageContaining("No space left on device");
        assertThat(guests.list(Set.of())).hasSize(1);
        assertThatThrownBy(() -> guests.undefine(guest, Set.of())).hasMessageContaining("No space");
        assertThat(guests.isPersistent(guest)).isTrue();
        assertThatThrownBy(() -> guests.autostart(guest, true)).hasMessageContaining("No space");
        assertThat(guests.autostart(guest)).isFalse();
        // A process that no later daemon could find is not made.
        assertThatThrownBy(() -> guests.start(guest, Set.of(), dev.godwit.driver.Client.NONE))
                .hasMessageContaining("No space left on device");
        assertThat(hypervisor.machines).isEmpty();
        assertThat(guests.isActive(guest)).isFalse();
    }
}

package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.PaperHost.Run;
import dev.godwit.journal.FileJournal;
import dev.godwit.journal.Journal;
import dev.godwit.journal.JournalFiles;
import dev.godwit.migration.MigrationEntry;
import dev.godwit.migration.MigrationEntry.AskAt;
import dev.godwit.migration.MigrationEntry.Barred;
import dev.godwit.migration.MigrationEntry.Closed;
import dev.godwit.migration.MigrationEntry.Done;
import dev.godwit.migration.MigrationEntry.Entered;
import dev.godwit.migration.MigrationEntry.Failed;
import dev.godwit.migration.MigrationEntry.HandedOver;
import dev.godwit.migration.MigrationEntry.Opened;
import dev.godwit.migration.OwnerCode;
import dev.godwit.migration.PhaseCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code godwit journal print}, of a journal that is in use. */
@Timeout(60)
class JournalCommandTest {

    private static final UUID HOST = UUID.fromString("0d1f6a52-7c0e-4b5e-9d35-2f6f3c7f4b10");
    private static final UUID OUT = UUID.fromString("11111111-1111-4111-8111-111111111111");
    private static final UUID IN = UUID.fromString("22222222-2222-4222-8222-222222222222");
    private static final UUID ASKED = UUID.fromString("33333333-3333-4333-8333-333333333333");
    private static final UUID WEB = UUID.fromString("9aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa");
    private static final UUID DB = UUID.fromString("9bbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb");
    private static final long AT = 1_795_000_000_000L;

    @TempDir
    private Path folder;

    private final PaperHost host = new PaperHost();
    private Path file;
    private Journal<MigrationEntry> journal;

    @BeforeEach
    void write() {
        file = folder.resolve("journal");
        journal = FileJournal.open(new JournalFiles(file), MigrationEntry.class, HOST);
        List.of(new Opened(OUT, true, WEB, "web1", 7, List.of(), "", 0x8000_0103, AT),
                new Entered(OUT, PhaseCode.PERFORM, false, AT + 1),
                new AskAt(OUT, List.of("qemu+tls://kvm2/system", "qemu+tcp://kvm2/system"), "kvm2", AT + 2),
                new Opened(IN, false, DB, "db\u001b[2J", 3, List.of("qemu://kvm3/system"), "kvm3", 0, AT + 3),
                new Failed(OUT, PhaseCode.PERFORM, "out of luck", AT + 4),
                new HandedOver(IN, 3, AT + 5),
                new Done(IN, PhaseCode.FINISH, false, AT + 6),
                new Entered(OUT, PhaseCode.CONFIRM, true, AT + 7),
                new Closed(OUT, OwnerCode.SOURCE, "", AT + 8),
                new Barred(ASKED, WEB, "kvm9 asked", AT + 61_000)).forEach(journal::append);
    }

    @AfterEach
    void close() {
        journal.close();
        host.close();
    }

    private String said(String... words) {
        Run run = host.run(words);
        assertThat(run.status()).as(run.err()).isZero();
        return run.out();
    }

    private String refused(String... words) {
        Run run = host.run(words);
        assertThat(run.status()).isEqualTo(1);
        return run.err();
    }

    @Test
    void aLineAnEntryInWords() {
        String said = said("journal", "print", file.toString());
        assertThat(said.lines().map(String::stripTrailing).filter(line -> !line.startsWith("---"))
                .collect(Collectors.joining("\n"))).isEqualTo("""
                Journal of host 0d1f6a52-7c0e-4b5e-9d35-2f6f3c7f4b10, format 1

                 Nr   Time (UTC)                 Migration                              Guest                                  Side          What
                 1    2026-11-18T11:06:40.000Z   11111111-1111-4111-8111-111111111111   web1                                   source        opened, token 7, LIVE PEER2PEER CHANGE_PROTECTION 0x80000000, the other host cannot be asked yet
                 2    2026-11-18T11:06:40.001Z   11111111-1111-4111-8111-111111111111   web1                                   source        enters PERFORM
                 3    2026-11-18T11:06:40.002Z   11111111-1111-4111-8111-111111111111   web1                                   source        kvm2 can be asked at qemu+tls://kvm2/system qemu+tcp://kvm2/system
                 4    2026-11-18T11:06:40.003Z   22222222-2222-4222-8222-222222222222   db\\x1b[2J                              destination   opened, token 3, kvm3 can be asked at qemu://kvm3/system
                 5    2026-11-18T11:06:40.004Z   11111111-1111-4111-8111-111111111111   web1                                   source        failed in PERFORM (out of luck)
                 6    2026-11-18T11:06:40.005Z   22222222-2222-4222-8222-222222222222   db\\x1b[2J                              destination   handed over with token 3: the guest is this host's
                 7    2026-11-18T11:06:40.006Z   22222222-2222-4222-8222-222222222222   db\\x1b[2J                              destination   has done FINISH
                 8    2026-11-18T11:06:40.007Z   11111111-1111-4111-8111-111111111111   web1                                   source        enters CONFIRM, which cancels
                 9    2026-11-18T11:06:40.008Z   11111111-1111-4111-8111-111111111111   web1                                   source        closed, owner: source
                 10   2026-11-18T11:07:41.000Z   33333333-3333-4333-8333-333333333333   9aaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa   destination   barred: the guest never runs here by this migration (kvm9 asked)
                """);
    }

    @Test
    void aGuestByNameOrUuid() {
        String byName = said("journal", "print", file.toString(), "--guest", "web1");
        assertThat(byName).contains("kvm2 can be asked at qemu+tls://kvm2/system qemu+tcp://kvm2/system")
                .doesNotContain(IN.toString()).doesNotContain(ASKED.toString());
        assertThat(said("journal", "print", file.toString(), "--guest", WEB.toString().toUpperCase(Locale.ROOT)))
                .contains(OUT.toString(), ASKED.toString()).doesNotContain(IN.toString());
        assertThat(refused("journal", "print", file.toString(), "--guest", "nobody"))
                .contains("the journal " + file + " says nothing of guest 'nobody'");
    }

    @Test
    void asJson() {
        assertThat(said("journal", "print", file.toString(), "--output", "json", "--guest", DB.toString())).isEqualTo("""
                {
                  "host": "0d1f6a52-7c0e-4b5e-9d35-2f6f3c7f4b10",
                  "format": 1,
                  "torn_bytes": 0,
                  "entries": [
                    {
                      "number": 4,
                      "offset": 296,
                      "time": "2026-11-18T11:06:40.003Z",
                      "migration": "22222222-2222-4222-8222-222222222222",
                      "guest": "9bbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
                      "name": "db\\u001b[2J",
                      "side": "destination",
                      "entry": "Opened",
                      "token": 3,
                      "flags": [],
                      "peer": "kvm3",
                      "ask": [
                        "qemu://kvm3/system"
                      ]
                    },
                    {
                      "number": 6,
                      "offset": 484,
                      "time": "2026-11-18T11:06:40.005Z",
                      "migration": "22222222-2222-4222-8222-222222222222",
                      "guest": "9bbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
                      "name": "db\\u001b[2J",
                      "side": "destination",
                      "entry": "HandedOver",
                      "token": 3
                    },
                    {
                      "number": 7,
                      "offset": 536,
                      "time": "2026-11-18T11:06:40.006Z",
                      "migration": "22222222-2222-4222-8222-222222222222",
                      "guest": "9bbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb",
                      "name": "db\\u001b[2J",
                      "side": "destination",
                      "entry": "Done",
                      "phase": "FINISH",
                      "cancel": false
                    }
                  ]
                }
                """);
    }

    @Test
    void aTornEndIsToldAndNothingIsChanged() throws IOException {
        long good = journal.sizeBytes();
        Files.write(file, new byte[] {0, 0, 0, 40, 1, 2, 3}, StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(file);
        assertThat(said("journal", "print", file.toString()))
                .contains("From byte " + good + " on there are 7 bytes of a record that was not written to its end");
        assertThat(said("journal", "print", file.toString(), "--output", "json")).contains("\"torn_bytes\": 7");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void saysWhatCannotBeRead() throws IOException {
        assertThat(refused("journal", "write", file.toString())).contains("'write' is not 'print'");
        assertThat(refused("journal", "print")).contains("requires <file> option");
        assertThat(refused("journal", "print", folder.resolve("none").toString()))
                .contains("error: Journal " + folder.resolve("none") + ": cannot be read");
        byte[] bytes = Files.readAllBytes(file);
        bytes[60] ^= 1;
        Path damaged = Files.write(folder.resolve("damaged"), bytes);
        assertThat(refused("journal", "print", damaged.toString()))
                .contains("error: Journal " + damaged + ": the record is damaged, and it is not the last one (at byte 40)");
    }
}

package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.JobField;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.JobType;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.qemu.migration.QemuMigrationCookie.From;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QemuMigrationCookieTest {

    private static final UUID GOLD = UUID.fromString("60601d00-0001-4001-8001-6060606060aa");
    private static final UUID WCA = UUID.fromString("61616161-1111-4111-8111-616161616161");
    private static final HostIdentity HERE =
            new HostIdentity("here", UUID.fromString("11111111-2222-4333-8444-555555555555"));
    private static final HostIdentity SENDER = new HostIdentity("wca", WCA);

    /** What stock daemons really sent, read and printed again without a difference. */
    @ParameterizedTest
    @ValueSource(strings = {"9.0-begin", "9.0-prepare", "9.0-perform", "9.0-finish",
        "11.3-begin", "11.3-prepare", "11.3-perform", "11.3-finish"})
    void cookiesOfStockDaemonsAreUnderstoodAndPrintedTheSame(String name) {
        String text = resource("cookie-" + name + ".xml");
        From by = From.valueOf(name.substring(name.indexOf('-') + 1).toUpperCase(Locale.ROOT));

        QemuMigrationCookie cookie = QemuMigrationCookie.read(bytes(text + "\0"), by, "gold", GOLD, HERE);

        assertThat(text(cookie.print(by))).isEqualTo(text + "\0");
        assertThat(cookie.uuid()).isEqualTo(GOLD);
    }

    @Test
    void aSourceSaysWhoTheGuestIsAndWhatItsCpuIs() {
        QemuMigrationCookie cookie = QemuMigrationCookie.read(
                bytes(resource("cookie-9.0-begin.xml") + "\0"), From.BEGIN, "gold", GOLD, HERE);

        assertThat(cookie.sender()).isEqualTo(SENDER);
        assertThat(cookie.features()).containsExactly("lockstate");
        assertThat(cookie.cpu().orElseThrow().childText("model")).contains("qemu64");
        assertThat(cookie.capabilities().orElseThrow()).contains(MigrationCapability.RETURN_PATH)
                .doesNotContain(MigrationCapability.SWITCHOVER_ACK, MigrationCapability.EVENTS);
    }

    @Test
    void theFiguresOfTheDestinationAreKept() {
        QemuMigrationStatistics statistics = QemuMigrationCookie.read(
                bytes(resource("cookie-11.3-finish.xml") + "\0"), From.FINISH, "gold", GOLD, HERE)
                .statistics().orElseThrow();

        assertThat(statistics.started()).isEqualTo(Instant.ofEpochMilli(1795409471844L));
        assertThat(statistics.delta()).hasValue(1);
        JobStats stats = statistics.as(JobOperation.MIGRATION_OUT).stats(JobType.COMPLETED);
        assertThat(stats.values()).containsEntry(JobField.OPERATION, 5L)
                .containsEntry(JobField.DOWNTIME, 25L).containsEntry(JobField.DOWNTIME_NET, 24L)
                .containsEntry(JobField.TIME_ELAPSED, 279L).containsEntry(JobField.TIME_ELAPSED_NET, 278L)
                .containsEntry(JobField.MEMORY_TOTAL, 67502080L).containsEntry(JobField.DATA_TOTAL, 67502080L);
    }

    @Test
    void theConfigurationForTheDestinationIsAFeature() {
        Element domain = Element.of("domain").with(Element.text("name", "gold"));
        Cookie cookie = QemuMigrationCookie.of("gold", GOLD, SENDER).withPersistent(domain).print(From.PERFORM);

        QemuMigrationCookie read = QemuMigrationCookie.read(cookie, From.PERFORM, "gold", GOLD, HERE);

        assertThat(read.persistent()).contains(domain);
        assertThat(read.features()).containsExactly("persistent");
    }

    @Test
    void unknownElementsAndCapabilitiesAreIgnored() {
        String text = "<qemu-migration><name>gold</name><uuid>60601D0000014001800160606060 60aa</uuid>"
                .replace("60606060 60aa", "6060606060aa")
                + "<hostname>wca</hostname><hostuuid>" + WCA + "</hostuuid>"
                + "<future><deep/></future><capabilities><cap name='teleport' auto='yes'/></capabilities>"
                + "</qemu-migration>\0";

        QemuMigrationCookie cookie = QemuMigrationCookie.read(bytes(text), From.PREPARE, "gold", GOLD, HERE);

        assertThat(cookie.capabilities()).contains(Set.of());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            another guest   | <name>other</name><uuid>U</uuid><hostname>a</hostname><hostuuid>H</hostuuid> | unexpected name other vs gold
            another uuid    | <name>gold</name><uuid>H</uuid><hostname>a</hostname><hostuuid>H</hostuuid>  | unexpected UUID
            no uuid at all  | <name>gold</name><uuid>xyz</uuid><hostname>a</hostname><hostuuid>H</hostuuid>| unexpected UUID
            no host         | <name>gold</name><uuid>U</uuid><hostuuid>H</hostuuid>                        | missing hostname element
            no host uuid    | <name>gold</name><uuid>U</uuid><hostname>a</hostname>                        | missing hostuuid element
            a bad host uuid | <name>gold</name><uuid>U</uuid><hostname>a</hostname><hostuuid>1</hostuuid>  | malformed hostuuid
            this very host  | <name>gold</name><uuid>U</uuid><hostname>a</hostname><hostuuid>ME</hostuuid> | Attempt to migrate guest to the same host
            a new feature   | <name>gold</name><uuid>U</uuid><hostname>a</hostname><hostuuid>H</hostuuid><feature name='warp'/> | Unknown migration cookie feature warp
            not for us      | <name>gold</name><uuid>U</uuid><hostname>a</hostname><hostuuid>H</hostuuid><feature name='cpu-hotplug'/> | Unsupported migration cookie feature cpu-hotplug
            no feature name | <name>gold</name><uuid>U</uuid><hostname>a</hostname><hostuuid>H</hostuuid><feature/> | Missing feature name
            bad figures     | <name>gold</name><uuid>U</uuid><hostname>a</hostname><hostuuid>H</hostuuid><statistics><sent>soon</sent></statistics> | malformed sent element
            """)
    void whatDoesNotFitIsRefused(String what, String body, String complaint) {
        String text = "<qemu-migration>" + body.replace(">U<", ">" + GOLD + "<").replace(">H<", ">" + WCA + "<")
                .replace(">ME<", ">" + HERE.uuid() + "<") + "</qemu-migration>\0";

        assertThatExceptionOfType(VirtException.class).as(what)
                .isThrownBy(() -> QemuMigrationCookie.read(bytes(text), From.BEGIN, "gold", GOLD, HERE))
                .withMessageStartingWith("internal error: ")
                .withMessageContaining(complaint)
                .satisfies(error -> assertThat(error.domainNumber()).isEqualTo(10));
    }

    @Test
    void aLockManagerThatWeDoNotHaveIsRefused() {
        String text = resource("cookie-9.0-begin.xml").replace("<cpu ", "<lockstate driver='sanlock'/><cpu ");

        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationCookie.read(bytes(text + "\0"), From.BEGIN, "gold", GOLD, HERE))
                .withMessageContaining("sanlock");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "<qemu-migration>",
        "",
        "\0",
        "no xml\0",
        "<other/>\0",
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><qemu-migration><name>&a;</name></qemu-migration>\0",
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><qemu-migration><name>&b;</name></qemu-migration>\0"})
    void whatIsNoCookieIsRefused(String text) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationCookie.read(bytes(text), From.BEGIN, "gold", GOLD, HERE));
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationCookie.read(Cookie.of(new byte[] {(byte) 0xc3, 0x28, 0}), From.BEGIN,
                        "gold", GOLD, HERE))
                .withMessageContaining("UTF-8");
    }

    /** Noise in a real cookie ends in one error of the field or in a cookie, never in anything else. */
    @Test
    void noiseIsAnsweredWithOneError() {
        byte[] real = (resource("cookie-9.0-perform.xml") + "\0").getBytes(StandardCharsets.UTF_8);
        for (long seed = 0; seed < 2000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] noisy = real.clone();
            for (int i = random.nextInt(1, 8); i > 0; i--) {
                noisy[random.nextInt(noisy.length)] = (byte) random.nextInt(256);
            }
            noisy = Arrays.copyOf(noisy, random.nextInt(noisy.length) + 1);
            try {
                QemuMigrationCookie.read(Cookie.of(noisy), From.PERFORM, "gold", GOLD, HERE);
            } catch (VirtException expected) {
                assertThat(expected).as("seed %d", seed).hasMessageStartingWith("internal error: ");
            }
        }
    }

    private static String resource(String name) {
        try (InputStream in = QemuMigrationCookieTest.class.getResourceAsStream(name)) {
            return new String(Optional.ofNullable(in).orElseThrow().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Cookie bytes(String text) {
        return Cookie.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(Cookie cookie) {
        return new String(cookie.bytes(), StandardCharsets.UTF_8);
    }
}

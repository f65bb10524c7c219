package dev.godwit.client.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.client.Connection;
import dev.godwit.client.ScriptedHost;
import dev.godwit.domain.DomainRef;
import dev.godwit.driver.PerformControl;
import dev.godwit.migration.MigrationOutcome;
import dev.godwit.wire.frame.Header;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Replays a migration that was captured between stock virsh and two stock daemons: our client must send the
 * very bytes that virsh sent, in the same order, when it hears what virsh heard.
 */
@Timeout(60)
class GoldenMigrationTest {

    /** The length word and the header stand before the body. */
    private static final int BODY = 4 + Header.BYTES;

    private static byte[] golden(String file, String name) {
        try {
            String json = Files.readString(Path.of("../wire/src/test/resources/golden", file + ".json"));
            Matcher matcher = Pattern.compile("\"name\":\\s*\"" + Pattern.quote(name) + "\".*?\"hex\":\\s*\"([0-9a-f]+)\"",
                    Pattern.DOTALL).matcher(json);
            assertThat(matcher.find()).as(name).isTrue();
            return HexFormat.of().parseHex(matcher.group(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ByteBuffer body(String file, String name) {
        byte[] bytes = golden(file, name);
        return ByteBuffer.wrap(bytes, BODY, bytes.length - BODY).slice();
    }

    private static ByteBuffer sent(ScriptedHost host, int procedure) {
        return host.calls().stream().filter(call -> call.header().procedure() == procedure).findFirst()
                .orElseThrow().body();
    }

    @Test
    void sendsWhatVirshSends() throws IOException {
        ByteBuffer begin = body("03-begin3-params", "DOMAIN_MIGRATE_BEGIN3_PARAMS.reply");
        ByteBuffer state = body("03-begin3-params", "DOMAIN_GET_STATE.reply");
        ByteBuffer prepare = body("04-prepare3-params", "DOMAIN_MIGRATE_PREPARE3_PARAMS.reply");
        ByteBuffer perform = body("05-perform3-params", "DOMAIN_MIGRATE_PERFORM3_PARAMS managed.reply");
        ByteBuffer finish = body("06-finish3-params", "DOMAIN_MIGRATE_FINISH3_PARAMS ok.reply");
        ByteBuffer confirm = body("07-confirm3-params", "DOMAIN_MIGRATE_CONFIRM3_PARAMS.reply");
        try (ScriptedHost source = new ScriptedHost(); ScriptedHost destination = new ScriptedHost()) {
            source.onRaw(302, call -> begin).onRaw(212, call -> state).onRaw(305, call -> perform)
                    .onRaw(307, call -> confirm);
            destination.onRaw(303, call -> prepare).onRaw(306, call -> finish);
            MigrationOutcome outcome;
            try (Connection from = source.connect(); Connection to = destination.connect()) {
                DomainRef guest = new DomainRef("gold",
                        UUID.fromString("60601d00-0001-4001-8001-6060606060aa"), 27);
                outcome = Migration.of(from.domains().of(guest), to).live().run(PerformControl.NONE);
            }
            assertThat(outcome).isInstanceOf(MigrationOutcome.Completed.class);
            assertThat(source.procedures()).isEqualTo(List.of(66, 60, 1, 60, 60, 302, 212, 305, 307, 2));
            assertThat(destination.procedures()).isEqualTo(List.of(66, 60, 1, 60, 303, 306, 2));
            assertThat(sent(source, 302)).isEqualTo(body("03-begin3-params", "DOMAIN_MIGRATE_BEGIN3_PARAMS.call"));
            assertThat(sent(source, 212)).isEqualTo(body("03-begin3-params", "DOMAIN_GET_STATE.call"));
            assertThat(sent(destination, 303))
                    .isEqualTo(body("04-prepare3-params", "DOMAIN_MIGRATE_PREPARE3_PARAMS.call"));
            assertThat(sent(source, 305))
                    .isEqualTo(body("05-perform3-params", "DOMAIN_MIGRATE_PERFORM3_PARAMS managed.call"));
            assertThat(sent(destination, 306))
                    .isEqualTo(body("06-finish3-params", "DOMAIN_MIGRATE_FINISH3_PARAMS ok.call"));
            assertThat(sent(source, 307)).isEqualTo(body("07-confirm3-params", "DOMAIN_MIGRATE_CONFIRM3_PARAMS.call"));
        }
    }
}

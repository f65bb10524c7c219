package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.client.ConnectOptions;
import dev.godwit.client.Connection;
import dev.godwit.client.CredentialPrompt;
import dev.godwit.daemon.access.PasswordFile;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.ConnectProcedures;
import dev.godwit.wire.remote.Nothing;
import dev.godwit.wire.remote.RemoteError;
import dev.godwit.wire.xdr.Opaque;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in with SCRAM on a Unix socket, which is as protected as TLS is. */
@Timeout(60)
class SaslTest {

    @TempDir
    Path folder;

    private PasswordFile passwords;
    private TestDaemon daemon;

    @BeforeEach
    void addAnn() throws Exception {
        passwords = new PasswordFile(folder.resolve("passwords"));
        passwords.set("ann", "pencil".toCharArray(), new SecureRandom());
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
        }
    }

    private void start(String... settings) throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("test"), String.join("\n", settings),
                "auth_unix_rw = \"sasl\"", "sasl_password_file = \"" + passwords.path() + "\"");
    }

    private Connection login(String user, String password, String mechanism) {
        CredentialPrompt answers = new CredentialPrompt() {
            @Override
            public Optional<String> userName(String host) {
                return Optional.of(user);
            }

            @Override
            public Optional<char[]> password(String host, String who) {
                return Optional.of(password.toCharArray());
            }
        };
        return Connection.open(ConnectUri.parse("test:///default?auth=sasl." + mechanism + "&authfile=/dev/null&socket="
                + ((UnixDomainSocketAddress) daemon.unix()).getPath()), ConnectOptions.DEFAULT.prompt(answers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
    void whoKnowsThePasswordIsIn(String mechanism) throws Exception {
        start();
        try (Connection connection = login("ann", "pencil", mechanism)) {
            assertThat(connection.supports(dev.godwit.wire.remote.Feature.PROGRAM_KEEPALIVE)).isTrue();
        }
    }

    @Test
    void whoDoesNotIsToldSoAndLeavesNothing() throws Exception {
        start();
        for (String user : new String[] {"ann", "bob"}) {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login(user, "pen", "SCRAM-SHA-256"))
                    .withMessageContaining("does not let us in with SCRAM-SHA-256 as '" + user + "'");
        }
        TestDaemon.until("no connection is left", () -> daemon.daemon.connectionCount() == 0);
    }

    @Test
    void whoIsNotOnTheListIsNotLetIn() throws Exception {
        passwords.set("bob", "pencil".toCharArray(), new SecureRandom());
        start("sasl_allowed_username_list = [\"a?n\", \"*@EXAMPLE.COM\"]");
        login("ann", "pencil", "SCRAM-SHA-256").close();
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login("bob", "pencil", "SCRAM-SHA-256"))
                .withMessageContaining("is not in the host's sasl_allowed_username_list");
    }

    @Test
    void aMechanismThatIsNotOfferedIsNamed() throws Exception {
        start("sasl_mechanisms = [\"SCRAM-SHA-512\"]");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login("ann", "pencil", "SCRAM-SHA-256"))
                .withMessageContaining("offers SCRAM-SHA-512");
    }

    @Test
    void aChangedPasswordCountsAtOnceAndARemovedUserIsOut() throws Exception {
        start();
        passwords.set("ann", "crayon".toCharArray(), new SecureRandom());
        login("ann", "crayon", "SCRAM-SHA-256").close();
        assertThat(passwords.remove("ann")).isTrue();
        assertThatThrownBy(() -> login("ann", "crayon", "SCRAM-SHA-256")).isInstanceOf(VirtException.class);
        assertThat(passwords.remove("ann")).isFalse();
    }

    @Test
    void nothingCanBeCalledBefore() throws Exception {
        start();
        try (RawClient client = new RawClient(daemon.unix())) {
            RemoteError error = client.refused(ConnectProcedures.OPEN,
                    new ConnectProcedures.OpenArgs(Optional.of("test:///default"), 0));
            assertThat(error.text()).isEqualTo("authentication required");
            assertThat(error.code()).isEqualTo(39);
            assertThat(client.refused(ConnectProcedures.SUPPORTS_FEATURE,
                    new ConnectProcedures.SupportsFeatureArgs(10)).text()).isEqualTo("authentication required");
            assertThat(client.call(AuthProcedures.LIST, new Nothing()).types()).containsExactly(1);
        }
    }

    @Test
    void aClientMayTryThreeTimes() throws Exception {
        start();
        try (RawClient client = new RawClient(daemon.unix())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.call(AuthProcedures.SASL_INIT, new Nothing()).mechlist())
                        .isEqualTo("SCRAM-SHA-512,SCRAM-SHA-256");
                RemoteError error = client.refused(AuthProcedures.SASL_START,
                        new AuthProcedures.SaslStartArgs("SCRAM-SHA-256", 0, Opaque.ofText("nonsense")));
                assertThat(error.text()).isEqualTo("authentication failed: authentication failed");
                assertThat(error.code()).isEqualTo(45);
            }
            assertThat(client.isClosedByDaemon()).isTrue();
        }
    }

    @Test
    void stepsOutOfTurnAreRefused() throws Exception {
        start();
        AuthProcedures.SaslStepArgs step = new AuthProcedures.SaslStepArgs(1, Opaque.empty());
        try (RawClient client = new RawClient(daemon.unix())) {
            assertThat(client.refused(AuthProcedures.SASL_STEP, step).code()).isEqualTo(45);
            assertThat(client.refused(AuthProcedures.POLKIT, new Nothing()).code()).isEqualTo(45);
            client.call(AuthProcedures.SASL_INIT, new Nothing());
            assertThat(client.refused(AuthProcedures.SASL_INIT, new Nothing()).code()).isEqualTo(45);
        }
        // Where nobody has to log in, nobody can.
        try (RawClient client = new RawClient(daemon.unixReadOnly())) {
            assertThat(client.call(AuthProcedures.LIST, new Nothing()).types()).containsExactly(0);
            assertThat(client.refused(AuthProcedures.SASL_INIT, new Nothing()).code()).isEqualTo(45);
        }
    }

    @Test
    void soManyStrangersAreLetInAndNoMoreUntilOneLeaves() throws Exception {
        start("max_anonymous_clients = 2");
        try (RawClient one = new RawClient(daemon.unix()); RawClient two = new RawClient(daemon.unix())) {
            one.call(AuthProcedures.LIST, new Nothing());
            two.call(AuthProcedures.LIST, new Nothing());
            try (SocketChannel third = SocketChannel.open(daemon.unix())) {
                assertThat(daemon.daemon.connectionCount()).isEqualTo(2);
                one.socket.close();
                TestDaemon.until("the third is in", () -> daemon.daemon.connectionCount() == 2);
                assertThat(third.isConnected()).isTrue();
            }
        }
        // Those who are known do not count.
        try (Connection _ = login("ann", "pencil", "SCRAM-SHA-256"); Connection _ = login("ann", "pencil", "SCRAM-SHA-256");
                Connection _ = login("ann", "pencil", "SCRAM-SHA-256")) {
            assertThat(daemon.daemon.connectionCount()).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void thePasswordFileIsForItsOwnerAloneAndHasNoPasswords() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwords.path()))).isEqualTo("rw-------");
        passwords.set("a:b SCRAM", "x y".toCharArray(), new SecureRandom());
        assertThat(passwords.users()).containsExactly("ann", "a:b SCRAM");
        assertThat(Files.readString(passwords.path())).doesNotContain("pencil", "x y").contains("ann:SCRAM-SHA-256$16384:");
        for (String bad : List.of("", " ", "a\nb", "#x", "aSCRAM-b")) {
            assertThatThrownBy(() -> passwords.set(bad, "x".toCharArray(), new SecureRandom()))
                    .isInstanceOf(IOException.class);
        }
        Files.writeString(passwords.path(), "ann:secret\n");
        assertThatThrownBy(this::start).isInstanceOf(IOException.class).hasMessageContaining("entry 1 is not NAME:")
                .hasMessageNotContaining("secret");
    }
}

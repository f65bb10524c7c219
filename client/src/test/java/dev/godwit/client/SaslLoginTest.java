package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.AuthProcedures;
import dev.godwit.wire.remote.AuthProcedures.SaslRet;
import dev.godwit.wire.sasl.ScramKeys;
import dev.godwit.wire.sasl.ScramMechanism;
import dev.godwit.wire.sasl.ScramServer;
import dev.godwit.wire.xdr.Opaque;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logging in, against a host that knows one user. */
@Timeout(30)
class SaslLoginTest {

    @TempDir
    Path folder;

    private final ScriptedHost host = new ScriptedHost();
    private ScramServer server;

    @BeforeEach
    void wantSasl() {
        ScramKeys keys = ScramKeys.of(ScramMechanism.SHA_256, "pencil".toCharArray(), new byte[] {1}, 4096);
        host.on(AuthProcedures.LIST, _ -> new AuthProcedures.ListRet(List.of(1)));
        host.on(AuthProcedures.SASL_INIT, _ -> new AuthProcedures.SaslInitRet("GSSAPI,SCRAM-SHA-256,PLAIN"));
        host.on(AuthProcedures.SASL_START, args -> {
            assertThat(args.mech()).isEqualTo("SCRAM-SHA-256");
            assertThat(args.nil()).isZero();
            server = new ScramServer(ScramMechanism.SHA_256,
                    user -> user.equals("ann") ? Optional.of(keys) : Optional.empty(), () -> "servernonce", new byte[1]);
            return step(args.data());
        });
        host.on(AuthProcedures.SASL_STEP, args -> step(args.data()));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private SaslRet step(Opaque data) {
        try {
            byte[] out = server.evaluateResponse(data.toByteArray());
            return new SaslRet(server.isComplete() ? 1 : 0, 0, Opaque.of(out));
        } catch (SaslException e) {
            throw new ScriptedHost.Refusal(45, 7, "authentication failed: authentication failed");
        }
    }

    /** TLS, as far as the client knows. */
    private void login(String uri, CredentialPrompt... prompt) {
        ConnectOptions options = prompt.length == 0 ? ConnectOptions.DEFAULT : ConnectOptions.DEFAULT.prompt(prompt[0]);
        Connection.open(host.dialer(), ConnectUri.parse(uri), options).close();
    }

    private String authFile(String text) throws Exception {
        return "authfile=" + Files.writeString(folder.resolve("auth.conf"), text);
    }

    private String ann(String password) throws Exception {
        return authFile("[credentials-x]\nauthname=ann\npassword=" + password + "\n[auth-libvirt-h]\ncredentials=x\n");
    }

    private record Answers(String user, String password) implements CredentialPrompt {
        @Override
        public Optional<String> userName(String host) {
            return Optional.of(user).filter(text -> !text.isEmpty());
        }

        @Override
        public Optional<char[]> password(String host, String who) {
            return Optional.of(password).map(String::toCharArray);
        }
    }

    @Test
    void theFilesNameAndPasswordLetUsIn() throws Exception {
        login("qemu+tls://h/system?auth=sasl.SCRAM-SHA-256&" + ann("pencil"));
        assertThat(server.getAuthorizationID()).isEqualTo("ann");
        assertThat(host.procedures()).containsExactly(66, 67, 68, 69, 60, 1, 2);
    }

    @Test
    void whereThereAreNoTicketsAPasswordIsTriedNext() throws Exception {
        login("qemu+tls://h/system?" + ann("pencil"));
        assertThat(server.isComplete()).isTrue();
    }

    @Test
    void somebodyIsAskedForWhatIsMissing() throws Exception {
        login("qemu+tls://h/system?auth=sasl.scram-sha-256&" + authFile(""), new Answers("ann", "pencil"));
        assertThat(server.getAuthorizationID()).isEqualTo("ann");
    }

    @Test
    void theUrisNameIsNotAskedFor() throws Exception {
        login("qemu+tls://ann@h/system?auth=sasl.scram-sha-256&" + authFile(""), new Answers("bob", "pencil"));
        assertThat(server.getAuthorizationID()).isEqualTo("ann");
    }

    @Test
    void theFilesPasswordIsNotSentForSomebodyElse() throws Exception {
        String uri = "qemu+tls://bob@h/system?auth=sasl.scram-sha-256&" + ann("pencil");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login(uri))
                .withMessageContaining("h asks for the password of 'bob', and there is none");
        assertThat(host.procedures()).containsExactly(66, 67);
    }

    @Test
    void aWrongPasswordIsOneClearErrorAndTheConnectionIsGone() throws Exception {
        String uri = "qemu+tls://h/system?auth=sasl.scram-sha-256&" + ann("pen");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login(uri))
                .withMessageStartingWith("authentication failed: h does not let us in with SCRAM-SHA-256 as 'ann'")
                .withMessageContaining(uri)
                .satisfies(e -> assertThat(e.is(ErrorCode.AUTH_FAILED)).isTrue());
        assertThat(host.procedures()).containsExactly(66, 67, 68, 69);
    }

    @Test
    void aHostThatDoesNotKnowThePasswordIsNotBelieved() throws Exception {
        host.on(AuthProcedures.SASL_STEP, _ -> new SaslRet(1, 1, Opaque.empty()));
        String uri = "qemu+tls://h/system?auth=sasl.scram-sha-256&" + ann("pencil");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login(uri))
                .withMessageContaining("SCRAM-SHA-256 with h as 'ann' failed");
        assertThat(host.procedures()).containsExactly(66, 67, 68, 69);
    }

    @Test
    void nothingInCommonNamesWhatBothHave() throws Exception {
        host.on(AuthProcedures.SASL_INIT, _ -> new AuthProcedures.SaslInitRet("OTP ANONYMOUS"));
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login("qemu+tls://h/system"))
                .withMessageContaining("h offers OTP ANONYMOUS, and this client has GSSAPI, SCRAM-SHA-512,");
    }

    @Test
    void overPlainTcpAMechanismThatDoesNotEncryptIsNotUsed() throws Exception {
        host.on(AuthProcedures.SASL_INIT, _ -> new AuthProcedures.SaslInitRet("SCRAM-SHA-256,PLAIN"));
        String ann = ann("pencil");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login("qemu+tcp://h/system?" + ann))
                .withMessageContaining("Over TCP without TLS the mechanism must encrypt")
                .withMessageContaining("h offers SCRAM-SHA-256,PLAIN");
        assertThat(host.procedures()).containsExactly(66, 67);
    }

    @Test
    void notEvenWhereTheUriAsksForIt() throws Exception {
        String uri = "qemu+tcp://h/system?auth=sasl.scram-sha-256&" + ann("pencil");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login(uri))
                .withMessageContaining("must encrypt");
        assertThat(host.procedures()).containsExactly(66, 67);
    }

    @Test
    void aMechanismThatTheHostDoesNotHaveIsNamed() throws Exception {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> login("qemu+tls://h/system?auth=sasl.digest-md5&" + ann("pencil")))
                .withMessageContaining("the URI asks for the SASL mechanism digest-md5. h offers GSSAPI,SCRAM-SHA-256");
    }

    @Test
    void aHostThatDoesNotAskIsNotAsked() {
        host.on(AuthProcedures.LIST, _ -> new AuthProcedures.ListRet(List.of(0)));
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> login("qemu+tls://h/system?auth=sasl"))
                .withMessageContaining("requested authentication type sasl rejected");
    }
}

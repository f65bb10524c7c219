package dev.godwit.wire.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.security.sasl.SaslException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScramTest {

    private static final Nonces NONCES = new Nonces(new SecureRandom());
    private static final byte[] SECRET = {1, 2, 3};

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static ScramKeys keys(ScramMechanism mechanism, String password) {
        return ScramKeys.of(mechanism, password.toCharArray(), new byte[] {9, 8, 7}, 4096);
    }

    private static ScramServer server(ScramKeys keys) {
        return new ScramServer(keys.mechanism(), user -> user.equals("ann") ? Optional.of(keys) : Optional.empty(),
                NONCES, SECRET);
    }

    private static ScramClient client(ScramMechanism mechanism, String user, String password) throws SaslException {
        return new ScramClient(mechanism, user, password.toCharArray(), NONCES);
    }

    /** The conversations in RFC 5802, section 5, and RFC 7677, section 3, word for word and on both ends. */
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
        "SHA_1 fyko+d2lbbFgONRv9qkxdawL 3rfcNHYJY1ZVvWVs7j QSXCR+Q6sek8bf92 v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
            + " rmF9pqV8S7suAoZWja4dJRkFsKQ=",
        "SHA_256 rOprNGfwEbeRWgbNEkqO %hvYDpWUa2RaTCAfuxFIlj)hNlF$k0 W22ZaJ0SNY7soEsUEjb6gQ=="
            + " dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    })
    void theConversationsOfTheStandards(ScramMechanism mechanism, String ours, String theirs, String salt, String proof,
            String signature) throws Exception {
        ScramKeys keys = ScramKeys.of(mechanism, "pencil".toCharArray(), Base64.getDecoder().decode(salt), 4096);
        ScramServer server = new ScramServer(mechanism, _ -> Optional.of(keys), () -> theirs, SECRET);
        ScramClient client = new ScramClient(mechanism, "user", "pencil".toCharArray(), () -> ours);

        byte[] first = client.evaluateChallenge(new byte[0]);
        assertThat(text(first)).isEqualTo("n,,n=user,r=" + ours);
        byte[] challenge = server.evaluateResponse(first);
        assertThat(text(challenge)).isEqualTo("r=" + ours + theirs + ",s=" + salt + ",i=4096");
        byte[] last = client.evaluateChallenge(challenge);
        assertThat(text(last)).isEqualTo("c=biws,r=" + ours + theirs + ",p=" + proof);
        byte[] success = server.evaluateResponse(last);
        assertThat(text(success)).isEqualTo("v=" + signature);
        client.evaluateChallenge(success);

        assertThat(client.isComplete()).isTrue();
        assertThat(server.isComplete()).isTrue();
        assertThat(server.getAuthorizationID()).isEqualTo("user");
    }

    @ParameterizedTest
    @EnumSource(ScramMechanism.class)
    void namesAndPasswordsMayHaveAnyLetters(ScramMechanism mechanism) throws Exception {
        ScramKeys keys = ScramKeys.parse(keys(mechanism, "Ⅸ ü\u00ad").toString()).orElseThrow();
        ScramServer server = new ScramServer(mechanism, user -> user.equals("a,b=c ö") ? Optional.of(keys)
                : Optional.empty(), NONCES, SECRET);
        ScramClient client = client(mechanism, "a,b=c\u00a0ö", "IX ü");
        client.evaluateChallenge(server.evaluateResponse(client.evaluateChallenge(server.evaluateResponse(
                client.evaluateChallenge(new byte[0])))));
        assertThat(client.isComplete()).isTrue();
        assertThat(server.getAuthorizationID()).isEqualTo("a,b=c ö");
    }

    @Test
    void aWrongPasswordAndAnUnknownUserCannotBeToldApartByTheirChallenges() throws Exception {
        for (String user : new String[] {"ann", "bob"}) {
            ScramServer server = server(keys(ScramMechanism.SHA_256, "right"));
            ScramClient client = client(ScramMechanism.SHA_256, user, "wrong");
            byte[] challenge = server.evaluateResponse(client.evaluateChallenge(new byte[0]));
            assertThat(text(challenge)).matches("r=.{48},s=[A-Za-z0-9+/=]+,i=4096");
            byte[] proof = client.evaluateChallenge(challenge);
            assertThatThrownBy(() -> server.evaluateResponse(proof)).isInstanceOf(SaslException.class);
            assertThat(server.isComplete()).isFalse();
            assertThatThrownBy(() -> server.evaluateResponse(proof)).hasMessage("the authentication is over");
            assertThatThrownBy(server::getAuthorizationID).isInstanceOf(IllegalStateException.class);
        }
        String once = text(server(keys(ScramMechanism.SHA_256, "x")).evaluateResponse(bytes("n,,n=bob,r=a")));
        String again = text(server(keys(ScramMechanism.SHA_256, "x")).evaluateResponse(bytes("n,,n=bob,r=a")));
        assertThat(once.replaceAll("r=[^,]*", "")).isEqualTo(again.replaceAll("r=[^,]*", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "n", "n,,", "n,,x", "n,,n=ann", "n,,r=abc", "p=tls-unique,,n=ann,r=abc", "n,a=bob,n=ann,r=abc",
        "n,,m=1,n=ann,r=abc", "n,,n=ann,n=bob,r=abc", "n,,n=a=b,r=abc", "n,,n=a\u0007,r=abc"
    })
    void aBadBeginningIsRefused(String message) {
        ScramServer server = server(keys(ScramMechanism.SHA_256, "x"));
        assertThatThrownBy(() -> server.evaluateResponse(bytes(message))).isInstanceOf(SaslException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"c=biws,r=NONCE", "c=biws,r=other,p=AAAA", "c=eSws,r=NONCE,p=AAAA", "c=biws,r=NONCE,p=!",
        "c=biws,r=NONCE,p=AAAA", "p=AAAA", "garbage"})
    void aProofThatDoesNotBelongIsRefused(String message) throws Exception {
        ScramServer server = server(keys(ScramMechanism.SHA_256, "x"));
        String nonce = text(server.evaluateResponse(bytes("n,,n=ann,r=abc"))).replaceAll("r=([^,]*),.*", "$1");
        assertThatThrownBy(() -> server.evaluateResponse(bytes(message.replace("NONCE", nonce))))
                .isInstanceOf(SaslException.class);
        assertThat(server.isComplete()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            r=other,s=AAAA,i=4096      | does not begin with ours
            r=OURS,s=AAAA,i=4096       | does not begin with ours
            r=OURSx,s=AAAA,i=1         | asks for 1 iterations; allowed is 4096
            r=OURSx,s=AAAA,i=2000000000| iterations
            r=OURSx,s=,i=4096          | salt is empty
            r=OURSx,i=4096             | without 's'
            m=x,r=OURSx,s=AAAA,i=4096  | mandatory
            """)
    void aServerThatCheatsIsNotAnswered(String challenge, String complaint) throws Exception {
        ScramClient client = new ScramClient(ScramMechanism.SHA_256, "ann", "x".toCharArray(), () -> "OURS");
        client.evaluateChallenge(new byte[0]);
        assertThatThrownBy(() -> client.evaluateChallenge(bytes(challenge))).isInstanceOf(SaslException.class)
                .hasMessageContaining(complaint);
    }

    @Test
    void aServerThatDoesNotKnowThePasswordIsNotBelieved() throws Exception {
        ScramServer server = server(keys(ScramMechanism.SHA_256, "x"));
        ScramClient client = client(ScramMechanism.SHA_256, "ann", "x");
        client.evaluateChallenge(server.evaluateResponse(client.evaluateChallenge(new byte[0])));
        assertThatThrownBy(() -> client.evaluateChallenge(bytes("v=" + "A".repeat(43) + "=")))
                .hasMessageContaining("the server does not know the password");
        assertThat(client.isComplete()).isFalse();
    }

    @Test
    void keysAreKeptAsText() {
        ScramKeys keys = keys(ScramMechanism.SHA_256, "x");
        assertThat(keys.toString()).startsWith("SCRAM-SHA-256$4096:CQgH$");
        assertThat(ScramKeys.parse(keys.toString())).contains(keys);
        assertThat(ScramKeys.parse(keys.toString().replace("4096", "1"))).isEmpty();
        assertThat(ScramKeys.parse(keys.toString().replace("SHA-256", "SHA-512"))).isEmpty();
        assertThat(ScramKeys.parse("x")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            SCRAM-SHA-1,GSSAPI scram-sha-256 |             | true  | GSSAPI SCRAM-SHA-256 SCRAM-SHA-1
            SCRAM-SHA-256,DIGEST-MD5,GSSAPI  |             | false | GSSAPI
            SCRAM-SHA-256,DIGEST-MD5         | digest-md5  | false | DIGEST-MD5
            PLAIN,ANONYMOUS,EXTERNAL         |             | true  | EXTERNAL PLAIN
            PLAIN,SCRAM-SHA-256              |             | false | ''
            SCRAM-SHA-256                    | GSSAPI      | true  | ''
            """)
    void theBestThatBothHaveAndThatWillDoIsTaken(String offered, String wanted, boolean secure, String chosen) {
        assertThat(String.join(" ", SaslClients.choose(offered, Optional.ofNullable(wanted), secure)))
                .isEqualTo(chosen);
    }
}

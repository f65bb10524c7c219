package dev.godwit.pki;

import static dev.godwit.pki.TestPki.CLOCK;
import static dev.godwit.pki.TestPki.KEY;
import static dev.godwit.pki.TestPki.NOW;
import static dev.godwit.pki.TestPki.OTHER_KEY;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.Test;

class ChainCheckTest {

    private static final ChainCheck CHECK =
            new ChainCheck(TestPki.trusting(List.of(TestPki.authority()), List.of(TestPki.revoked(66))), CLOCK);

    private static void accepted(Role role, X509Certificate... chain) {
        assertThatCode(() -> CHECK.peer(List.of(chain), role, "kvm7")).doesNotThrowAnyException();
    }

    private static void refused(Role role, String why, X509Certificate... chain) {
        assertThatThrownBy(() -> CHECK.peer(List.of(chain), role, "kvm7"))
                .isInstanceOf(PkiException.class).hasMessage(why);
    }

    private static CertificateBuilder client(long serial) {
        return TestPki.valid("CN=admin, O=Example", serial).roles(List.of(Role.CLIENT));
    }

    @Test
    void aGoodCertificateIsAccepted() {
        accepted(Role.CLIENT, TestPki.signed(client(5)));
    }

    @Test
    void oneWithoutPurposeIsForAll() {
        accepted(Role.SERVER, TestPki.signed(TestPki.valid("CN=kvm7", 5)));
    }

    @Test
    void anExpiredOneIsNot() {
        refused(Role.CLIENT, "The client certificate of kvm7 (O=Example,CN=admin) has expired on 2026-06-01 11:59 UTC",
                TestPki.signed(TestPki.certificate("CN=admin, O=Example", 5, NOW.minusSeconds(999), NOW.minusSeconds(60))));
    }

    @Test
    void oneOfTheFutureIsNot() {
        refused(Role.SERVER, "The server certificate of kvm7 (CN=kvm7) is not valid before 2026-06-01 13:00 UTC; now is"
                + " 2026-06-01 12:00 UTC",
                TestPki.signed(TestPki.certificate("CN=kvm7", 5, NOW.plusSeconds(3600), NOW.plusSeconds(7200))));
    }

    @Test
    void aRevokedOneIsNot() {
        refused(Role.CLIENT, "The certificate of kvm7 (O=Example,CN=admin) was revoked on 2026-06-01 11:59 UTC by"
                + " O=Example,CN=Test CA", TestPki.signed(client(66)));
    }

    @Test
    void oneOfAnUnknownAuthorityIsNot() {
        X500Principal other = new X500Principal("CN=Other CA");
        refused(Role.CLIENT, "The certificate of kvm7 (O=Example,CN=admin) is signed by CN=Other CA, which no certificate"
                + " in /pki/cacert.pem vouches for",
                client(5).sign(other, KEY.getPublic(), KEY.getPrivate()));
    }

    @Test
    void oneThatOnlyClaimsTheAuthorityIsNot() {
        refused(Role.CLIENT, "The certificate of kvm7 (O=Example,CN=admin) is signed by O=Example,CN=Test CA, which no"
                + " certificate in /pki/cacert.pem vouches for",
                client(5).sign(TestPki.CA, OTHER_KEY.getPublic(), KEY.getPrivate()));
    }

    @Test
    void anAuthoritysOwnIsNotForConversations() {
        refused(Role.CLIENT, "The certificate of kvm7 (O=Example,CN=Test CA) is a certificate authority's, but a client's"
                + " is needed", TestPki.authority());
    }

    @Test
    void aChainLeadsToTheAuthorityInAnyOrder() {
        X500Principal middleName = new X500Principal("CN=Middle");
        var middleKey = TestPki.pair("RSA", 2048);
        X509Certificate middle = TestPki.signed(new CertificateBuilder(middleName, middleKey.getPublic(),
                java.math.BigInteger.TWO, NOW.minusSeconds(60), NOW.plusSeconds(9999)).authority());
        X509Certificate leaf = client(5).sign(middleName, middleKey.getPublic(), middleKey.getPrivate());

        accepted(Role.CLIENT, leaf, middle, TestPki.authority());
        accepted(Role.CLIENT, leaf, TestPki.authority(), middle);
        refused(Role.CLIENT, "The certificate of kvm7 (O=Example,CN=admin) is signed by CN=Middle, which no certificate"
                + " in /pki/cacert.pem vouches for", leaf);
    }

    @Test
    void anExpiredAuthorityVouchesForNobody() {
        X509Certificate old = new CertificateBuilder(TestPki.CA, OTHER_KEY.getPublic(), java.math.BigInteger.ONE,
                NOW.minusSeconds(9999), NOW.minusSeconds(60)).authority()
                .sign(TestPki.CA, OTHER_KEY.getPublic(), OTHER_KEY.getPrivate());
        ChainCheck check = new ChainCheck(TestPki.trusting(List.of(old), List.of()), CLOCK);

        assertThatThrownBy(() -> check.peer(List.of(TestPki.signed(client(5))), Role.CLIENT, "kvm7"))
                .isInstanceOf(PkiException.class).hasMessage("The CA certificate O=Example,CN=Test CA behind the"
                        + " certificate of kvm7 (O=Example,CN=admin) has expired on 2026-06-01 11:59 UTC");
    }

    @Test
    void aForgedRevocationListIsNotBelieved() {
        var forged = CertificateBuilder.revocations(TestPki.CA, KEY.getPublic(), KEY.getPrivate(),
                java.math.BigInteger.TEN, NOW, NOW.plusSeconds(60), java.util.Map.of());
        ChainCheck check = new ChainCheck(TestPki.trusting(List.of(TestPki.authority()), List.of(forged)), CLOCK);

        assertThatThrownBy(() -> check.peer(List.of(TestPki.signed(client(5))), Role.CLIENT, "kvm7"))
                .isInstanceOf(PkiException.class).hasMessageContaining("does not bear the signature");
    }
}

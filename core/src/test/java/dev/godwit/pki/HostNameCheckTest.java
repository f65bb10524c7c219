package dev.godwit.pki;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameCheckTest {

    private static X509Certificate certificate(String commonName, String... names) {
        return TestPki.signed(TestPki.valid("CN=" + commonName, 5).names(List.of(names)));
    }

    @ParameterizedTest
    @CsvSource({"kvm7.example.org", "KVM7.Example.ORG", "kvm7.example.org.", "a.wild.example.org", "192.0.2.7", "2001:db8::7",
        "2001:0db8:0:0::7"})
    void hasItsNames(String host) {
        X509Certificate certificate =
                certificate("other", "kvm7.example.org", "*.wild.example.org", "192.0.2.7", "2001:db8::7");

        assertThatCode(() -> HostNameCheck.check(certificate, host)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({"kvm8.example.org", "other", "b.a.wild.example.org", "wild.example.org", "192.0.2.8", "::1"})
    void hasNoOthers(String host) {
        X509Certificate certificate =
                certificate("other", "kvm7.example.org", "*.wild.example.org", "192.0.2.7", "2001:db8::7");

        assertThatThrownBy(() -> HostNameCheck.check(certificate, host)).isInstanceOf(PkiException.class)
                .hasMessage("The server's certificate is not for " + host + " but for kvm7.example.org,"
                        + " *.wild.example.org, 192.0.2.7, 2001:db8:0:0:0:0:0:7; call the host by one of its names, or"
                        + " give it a certificate with this one");
    }

    @Test
    void theCommonNameCountsWhereThereAreNoDnsNames() {
        assertThatCode(() -> HostNameCheck.check(certificate("kvm7"), "kvm7")).doesNotThrowAnyException();
        assertThatCode(() -> HostNameCheck.check(certificate("kvm7", "192.0.2.7"), "kvm7")).doesNotThrowAnyException();
        assertThatThrownBy(() -> HostNameCheck.check(certificate("kvm7", "kvm8"), "kvm7")).isInstanceOf(PkiException.class);
    }

    @Test
    void aStarForATopLevelDomainStandsForNobody() {
        assertThatThrownBy(() -> HostNameCheck.check(certificate("x", "*.org"), "example.org"))
                .isInstanceOf(PkiException.class);
    }
}

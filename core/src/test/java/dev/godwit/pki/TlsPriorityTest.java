package dev.godwit.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsPriorityTest {

    private static SSLParameters parameters(String priority) throws Exception {
        SSLParameters parameters = SSLContext.getDefault().getDefaultSSLParameters();
        TlsPriority.parse(priority).applyTo(parameters);
        return parameters;
    }

    @ParameterizedTest
    @ValueSource(strings = {"NORMAL", "@LIBVIRT,SYSTEM", "@SYSTEM", "PERFORMANCE:%COMPAT", "NORMAL:-VERS-TLS1.0:-VERS-TLS1.1",
        "NORMAL:-3DES-CBC:-ARCFOUR-128:+COMP-NULL", "SECURE128:+VERS-TLS1.3"})
    void leavesTheDefaults(String priority) throws Exception {
        SSLParameters defaults = SSLContext.getDefault().getDefaultSSLParameters();

        assertThat(parameters(priority).getProtocols()).containsExactly("TLSv1.2", "TLSv1.3");
        assertThat(parameters(priority).getCipherSuites()).containsExactly(Arrays.stream(defaults.getCipherSuites())
                .filter(suite -> !suite.contains("_DSS_")).toArray(String[]::new)); // nobody has such keys
    }

    @Test
    void narrowsVersions() throws Exception {
        assertThat(parameters("NORMAL:-VERS-ALL:+VERS-TLS1.3").getProtocols()).containsExactly("TLSv1.3");
        assertThat(parameters("NORMAL:-VERS-TLS-ALL:+VERS-TLS1.2").getProtocols()).containsExactly("TLSv1.2");
        assertThat(parameters("NORMAL:!VERS-TLS1.3").getCipherSuites()).allMatch(s -> s.contains("_WITH_")
                || s.equals("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"));
    }

    @Test
    void narrowsCiphers() throws Exception {
        assertThat(parameters("SECURE256").getCipherSuites())
                .allMatch(s -> s.contains("AES_256") || s.contains("CHACHA20") || s.endsWith("SCSV")).isNotEmpty();
        assertThat(parameters("NORMAL:-CIPHER-ALL:+AES-128-GCM").getCipherSuites())
                .contains("TLS_AES_128_GCM_SHA256").allMatch(s -> s.contains("AES_128_GCM") || s.endsWith("SCSV"));
        assertThat(parameters("NORMAL:-MAC-ALL:+AEAD").getCipherSuites()).noneMatch(s -> s.contains("_CBC_"));
        assertThat(parameters("NORMAL:-KX-ALL:+ECDHE-RSA:-VERS-TLS1.3").getCipherSuites())
                .allMatch(s -> s.startsWith("TLS_ECDHE_RSA_") || s.endsWith("SCSV"));
        assertThat(parameters("NONE:+VERS-TLS1.3:+AES-256-GCM:+AEAD:+GROUP-X25519").getCipherSuites())
                .containsExactly("TLS_AES_256_GCM_SHA384");
        assertThat(parameters("NORMAL:-GROUP-ALL:+GROUP-X25519:%SERVER_PRECEDENCE")).satisfies(p -> {
            assertThat(p.getNamedGroups()).containsExactly("x25519");
            assertThat(p.getUseCipherSuitesOrder()).isTrue();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "NORMALL", "NORMAL:", "NORMAL:VERS-TLS1.3", "NORMAL:+VERS-TLS1.4", "NORMAL:+AES-512-GCM",
        "NORMAL:%NONSENSE", "+VERS-TLS1.3", "NORMAL:-SIGN-RSA-SHA1", "NORMAL:+GROUP-X999"})
    void namesTheWordThatItDoesNotUnderstand(String priority) {
        assertThatThrownBy(() -> TlsPriority.parse(priority)).isInstanceOf(PkiException.class)
                .hasMessageStartingWith("tls_priority '" + priority + "': the word '").hasMessageContaining("understood");
    }

    @Test
    void refusesWhatLeavesNothing() {
        assertThatThrownBy(() -> TlsPriority.parse("NORMAL:-VERS-ALL:+VERS-TLS1.0")).isInstanceOf(PkiException.class)
                .hasMessageContaining("allows no version of TLS");
        assertThatThrownBy(() -> TlsPriority.parse("NORMAL:-CIPHER-ALL:+3DES-CBC")).isInstanceOf(PkiException.class)
                .hasMessageContaining("allows no cipher");
        assertThatThrownBy(() -> parameters("NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-CBC"))
                .isInstanceOf(PkiException.class).hasMessageContaining("allows no cipher suite");
    }

    @Test
    void whatGnutlsAcceptsIsNotRefused() throws Exception {
        if (TestPki.has("gnutls-cli")) {
            for (String priority : new String[] {"NORMAL:-VERS-ALL:+VERS-TLS1.3", "PFS", "SECURE192:-DHE-RSA",
                "NORMAL:+CTYPE-X509:-CAMELLIA-256-CBC:-GROUP-FFDHE2048"}) {
                TestPki.run("gnutls-cli", "--list", "--priority", priority);
                assertThatCode(() -> TlsPriority.parse(priority)).doesNotThrowAnyException();
            }
        }
    }
}

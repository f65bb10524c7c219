package dev.godwit.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistinguishedNameTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "CN=admin,O=Example,C=DE | C=DE,O=Example,CN=admin",
        "CN=a+OU=b,DC=example,DC=org | DC=org,DC=example,CN=a+OU=b",
        "CN=Müller\\, Jürgen,L=Köln,ST=NRW | ST=NRW,L=Köln,CN=Müller\\, Jürgen",
        "CN=\\#1 \\\"x\\\" \\<y\\>\\;\\+\\\\ | CN=\\#1 \\\"x\\\" \\<y\\>\\;\\+\\\\",
        "EMAILADDRESS=a@example.org,CN=x | CN=x,EMAIL=a@example.org",
        "UID=u1,STREET=Main St 1,SERIALNUMBER=77,T=Dr,GIVENNAME=G,SURNAME=S,INITIALS=I,DNQ=q,GENERATION=3 |"
                + " generationQualifier=3,dnQualifier=q,initials=I,surName=S,givenName=G,title=Dr,serialNumber=77,"
                + "street=Main St 1,UID=u1"})
    void isWrittenInTheOrderOfTheCertificate(String rfc2253, String expected) throws Exception {
        X500Principal subject = new X500Principal(rfc2253);

        assertThat(DistinguishedName.of(subject)).isEqualTo(expected);

        // GnuTLS has the last word, as stock daemons ask it.
        assumeTrue(TestPki.has("python3"), "python3 is not installed");
        Path file = folder.resolve("cert.pem");
        TestPki.write(file, TestPki.signed(TestPki.valid(rfc2253, 5)));
        String script = """
                import ctypes, sys
                g = ctypes.CDLL("libgnutls.so.30")
                class Datum(ctypes.Structure):
                    _fields_ = [("data", ctypes.c_char_p), ("size", ctypes.c_uint)]
                pem = open(sys.argv[1], "rb").read()
                cert = ctypes.c_void_p()
                g.gnutls_x509_crt_init(ctypes.byref(cert))
                assert g.gnutls_x509_crt_import(cert, ctypes.byref(Datum(pem, len(pem))), 1) == 0
                size = ctypes.c_size_t(4096)
                name = ctypes.create_string_buffer(4096)
                assert g.gnutls_x509_crt_get_dn(cert, name, ctypes.byref(size)) == 0
                sys.stdout.buffer.write(name.value)
                """;
        assertThat(TestPki.run("python3", "-c", script, file.toString())).isEqualTo(expected);
    }
}

package dev.godwit.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemTest {

    @TempDir
    private Path folder;

    private Path key(String... openssl) throws Exception {
        assumeTrue(TestPki.has("openssl"), "openssl is not installed");
        Path file = folder.resolve("key.pem");
        String[] command = new String[openssl.length + 1];
        command[0] = "openssl";
        System.arraycopy(openssl, 0, command, 1, openssl.length);
        Files.writeString(file, TestPki.run(command).replaceAll("(?s)^.*?(?=-----BEGIN)", ""));
        return file;
    }

    @Test
    void readsRsaKeysInBothForms() throws Exception {
        assertThat(Pem.privateKey(key("genrsa", "2048"))).isInstanceOf(RSAPrivateKey.class);
        Path old = key("genrsa", "-traditional", "2048");
        assertThat(old).content().contains("BEGIN RSA PRIVATE KEY");
        assertThat(Pem.privateKey(old)).isInstanceOf(RSAPrivateKey.class);
    }

    @Test
    void readsKeysOnCurvesInBothForms() throws Exception {
        Path sec1 = key("ecparam", "-name", "prime256v1", "-genkey"); // with a block of parameters before it
        assertThat(sec1).content().contains("BEGIN EC PRIVATE KEY");
        assertThat(Pem.privateKey(sec1)).isInstanceOf(ECPrivateKey.class);
        assertThat(Pem.privateKey(key("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384")))
                .isInstanceOf(ECPrivateKey.class);
    }

    @Test
    void readsEdwardsKeys() throws Exception {
        assertThat(Pem.privateKey(key("genpkey", "-algorithm", "ed25519")).getAlgorithm()).isEqualTo("EdDSA");
    }

    @Test
    void refusesKeysWithAPassphrase() throws Exception {
        for (Path file : new Path[] {key("genrsa", "-aes128", "-passout", "pass:x12345", "2048"),
            key("genrsa", "-traditional", "-aes128", "-passout", "pass:x12345", "2048")}) {
            assertThatThrownBy(() -> Pem.privateKey(file)).isInstanceOf(PkiException.class)
                    .hasMessageContaining("is encrypted").hasMessageContaining(file.toString());
        }
    }

    @Test
    void saysWhatIsWrongWithAFile() throws Exception {
        Path file = folder.resolve("cert.pem");
        assertThatThrownBy(() -> Pem.certificates(file)).hasMessage("Cannot read " + file + ": there is no such file");
        Files.writeString(file, "hello");
        assertThatThrownBy(() -> Pem.certificates(file)).hasMessage("There is no certificate in " + file);
        assertThatThrownBy(() -> Pem.privateKey(file)).hasMessage("There is no private key in " + file);
        assertThatThrownBy(() -> Pem.revocations(file)).hasMessage("There is no certificate revocation list in " + file);
        Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n");
        assertThatThrownBy(() -> Pem.certificates(file)).hasMessageContaining("is cut off");
        Files.writeString(file, "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> Pem.certificates(file)).hasMessage(file + " is damaged: it is not in base64");
        Files.writeString(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertThatThrownBy(() -> Pem.certificates(file)).hasMessageStartingWith(
                "The certificate in " + file + " cannot be understood");
        Files.writeString(file, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> Pem.privateKey(file)).hasMessageStartingWith(
                "The private key in " + file + " cannot be understood");
        assertThatThrownBy(() -> Pem.certificates(folder)).isInstanceOf(PkiException.class)
                .hasMessageContaining(folder.toString());
    }

    @Test
    void readsWhatItWrites() throws Exception {
        Path file = folder.resolve("cert.pem");
        TestPki.write(file, TestPki.authority());
        Files.writeString(file, "some words before\n" + Files.readString(file) + Files.readString(file));

        assertThat(Pem.certificates(file)).containsExactly(TestPki.authority(), TestPki.authority());
    }

    @Test
    void aKeyOfAnotherCertificateIsNoticed() throws Exception {
        PkiFiles files = PkiFiles.folder(Role.SERVER, folder);
        TestPki.write(files.authorities(), TestPki.authority());
        TestPki.write(files.certificate(), TestPki.signed(TestPki.valid("CN=kvm7", 5)));
        TestPki.write(files.key(), TestPki.OTHER_KEY.getPrivate());
        assertThatThrownBy(() -> Credentials.read(Role.SERVER, files, true, TestPki.CLOCK))
                .hasMessage("The key " + files.key() + " does not belong to the certificate " + files.certificate());

        TestPki.write(files.key(), TestPki.KEY.getPrivate());
        assertThat(Credentials.read(Role.SERVER, files, true, TestPki.CLOCK).own()).isPresent();
    }
}

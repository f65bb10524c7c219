package dev.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.cli.PaperHost.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code godwit pki} from nothing to a revoked certificate, and {@code godwit admin} where nobody answers. */
@Timeout(120)
class PkiCommandTest {

    @TempDir
    private Path folder;

    private final PaperHost host = new PaperHost();

    @AfterEach
    void close() {
        host.close();
    }

    private String said(String... words) {
        Run run = host.run(words);
        assertThat(run.status()).as(run.err()).isZero();
        return run.out();
    }

    private String refused(String... words) {
        Run run = host.run(words);
        assertThat(run.status()).isEqualTo(1);
        return run.err();
    }

    @Test
    void makesASetAndLooksAfterIt() throws Exception {
        String dir = folder.resolve("pki").toString();
        assertThat(refused("pki", "host", "kvm7", "--dir", dir)).contains("There is no certificate authority in " + dir);
        assertThat(said("pki", "init", "--dir", dir)).contains("godwit pki host HOST --dir " + dir);
        assertThat(refused("pki", "init", "--dir", dir)).contains("is not overwritten");

        assertThat(said("pki", "host", "kvm7", "--names", "kvm7.example.org,192.0.2.7", "--dir", dir, "--days", "20"))
                .contains(dir + "/hosts/kvm7/libvirt/servercert.pem\n", "ssh root@kvm7 tar");
        Path key = folder.resolve("pki/hosts/kvm7/libvirt/private/serverkey.pem");
        assertThat(Files.getPosixFilePermissions(key)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(Files.exists(folder.resolve("pki/hosts/kvm7/CA/private"))).isFalse();
        assertThat(said("pki", "show", dir + "/hosts/kvm7/libvirt/servercert.pem"))
                .contains("Subject  CN=kvm7\n", "Names    kvm7, kvm7.example.org, 192.0.2.7\n", "For      server\n",
                        "Warning  ", "expires in 19 days");
        assertThat(said("pki", "check", "--dir", dir + "/hosts/kvm7"))
                .contains("Warning: The certificate " + dir + "/hosts/kvm7/libvirt/servercert.pem", " are good.");

        assertThat(said("pki", "client", "CN=admin,O=Example", "--out", dir + "/admin", "--dir", dir))
                .contains("pkipath=" + dir + "/admin");
        assertThat(said("pki", "check", "--dir", dir + "/admin")).isEqualTo("The certificates in " + dir
                + "/admin are good.\n\n");
        assertThat(said("pki", "revoke", dir + "/admin/clientcert.pem", "--dir", dir))
                .contains("Revoked: O=Example,CN=admin", dir + "/CA/cacrl.pem");
        Files.copy(folder.resolve("pki/CA/cacrl.pem"), folder.resolve("pki/admin/cacrl.pem"));
        assertThat(refused("pki", "check", "--dir", dir + "/admin")).contains("was revoked on");
    }

    @Test
    void saysWhatIsNotUnderstood() {
        assertThat(refused("pki", "make")).contains("'make' is none of init, host, client, show, check, revoke");
        assertThat(refused("pki", "host")).contains("pki host needs the name of the host");
        assertThat(refused("pki", "check", "--dir", folder.toString()))
                .contains("There are no certificates of a daemon or a client in " + folder);
        assertThat(refused("pki", "show", folder.toString())).contains("There are no certificates in " + folder);
        assertThat(refused("admin", "restart")).contains("'restart' is not 'reload'");
        assertThat(refused("admin", "reload", "--socket", folder.resolve("none").toString()))
                .contains("Failed to connect socket to '" + folder.resolve("none") + "'");
    }
}

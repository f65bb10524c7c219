package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QemuTlsSettingTest {

    private static final DomainRef GUEST = new DomainRef("web1", new UUID(1, 2), 3);

    private static QemuTlsSetting of(Map<String, String> options, String... folders) {
        return QemuTlsSetting.of(options, folder -> Set.of(folders).contains(folder.toString()));
    }

    @Test
    void theFolderForMigrationGoesBeforeTheOneForAll() {
        assertThat(of(Map.of()).folder()).isEmpty();
        assertThat(of(Map.of(), "/etc/pki/qemu").folder()).contains(Path.of("/etc/pki/qemu"));
        assertThat(of(Map.of(), "/etc/pki/qemu", "/etc/pki/libvirt-migrate").folder())
                .contains(Path.of("/etc/pki/libvirt-migrate"));
        assertThat(of(Map.of("default_tls_x509_cert_dir", "/d"), "/d", "/etc/pki/libvirt-migrate").folder())
                .contains(Path.of("/etc/pki/libvirt-migrate"));
        assertThat(of(Map.of("default_tls_x509_cert_dir", "/d"), "/d", "/etc/pki/qemu").folder())
                .contains(Path.of("/d"));
        assertThat(of(Map.of("migrate_tls_x509_cert_dir", "/m", "default_tls_x509_cert_dir", "/d"), "/d", "/m").folder())
                .contains(Path.of("/m"));
    }

    @Test
    void aFolderThatWasNamedMustBeThere() {
        for (String key : new String[] {"migrate_tls_x509_cert_dir", "default_tls_x509_cert_dir"}) {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> of(Map.of(key, "/x"), "/etc/pki/qemu"))
                    .withMessage("unsupported configuration: " + key + " directory '/x' does not exist");
        }
    }

    @Test
    void sendersShowACertificateUnlessTheHostSaysOtherwise() {
        assertThat(of(Map.of()).verify()).isTrue();
        assertThat(of(Map.of("default_tls_x509_verify", "0")).verify()).isFalse();
        assertThat(of(Map.of("default_tls_x509_verify", "0", "migrate_tls_x509_verify", "1")).verify()).isTrue();
        assertThat(of(Map.of("default_tls_x509_verify", "1", "migrate_tls_x509_verify", "0")).verify()).isFalse();
    }

    @Test
    void aSecretIsRefusedByItsKey() {
        for (String key : new String[] {"migrate_tls_x509_secret_uuid", "default_tls_x509_secret_uuid"}) {
            assertThatExceptionOfType(VirtException.class)
                    .isThrownBy(() -> of(Map.of(key, "5d4a2f5e-0000-4000-8000-000000000001")))
                    .withMessageContaining(key).withMessageContaining("migrate_tls_x509_password_file");
        }
    }

    @Test
    void aHostThatForcesItLetsNobodyTravelInClear() {
        QemuMigrationTls forced = new QemuMigrationTls(of(Map.of("migrate_tls_force", "1")));
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> forced.requireWanted(request()))
                .withMessage("Requested operation is not valid: this libvirtd instance allows migration only with"
                        + " VIR_MIGRATE_TLS flag")
                .satisfies(e -> assertThat(e.codeNumber()).isEqualTo(55));
        forced.requireWanted(request(MigrationFlag.TLS));
        forced.requireWanted(request(MigrationFlag.TUNNELLED, MigrationFlag.PEER2PEER));
        new QemuMigrationTls(of(Map.of("migrate_tls_force", "0"))).requireWanted(request());
    }

    @Test
    void theNameInTheCertificateIsTheHostOfTheUriUnlessAnotherIsGiven() {
        assertThat(name(request(MigrationFlag.TLS), "tcp:kvm7:49152")).isEqualTo("kvm7");
        assertThat(name(request(MigrationFlag.TLS), "tcp://[fd00::7]:49152")).isEqualTo("fd00::7");
        assertThat(name(request(MigrationFlag.TLS).withTlsDestination("kvm7.example.net"), "tcp:10.0.0.7:49152"))
                .isEqualTo("kvm7.example.net");
        assertThat(name(request(MigrationFlag.TLS).withTlsDestination("kvm7"), "unix:///run/x")).isEqualTo("kvm7");
        assertThat(name(request(), "unix:///run/x")).isEmpty();
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> name(request(MigrationFlag.TLS), "unix:///run/x"))
                .withMessage("Operation not supported: Explicit destination hostname is required for TLS migration over"
                        + " UNIX socket");
    }

    private static String name(MigrationRequest request, String uri) {
        return QemuMigrationTls.expectedName(request, QemuMigrationUri.parse(uri));
    }

    private static MigrationRequest request(MigrationFlag... flags) {
        return MigrationRequest.of(GUEST, Set.of(flags));
    }
}

package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.xml.Element;
import dev.godwit.xml.XmlReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class QemuMigrationChecksTest {

    private static final Element GUEST = XmlReader.read("""
            <domain>
              <devices>
                <disk type='file' device='disk'><source file='/local/a.qcow2'/></disk>
                <disk type='file' device='disk'><source file='/nfs/b.qcow2'/></disk>
                <disk type='file' device='disk'><source file='/nfs/../local/c.qcow2'/></disk>
                <disk type='file' device='disk'><source file='/local/readonly.img'/><readonly/></disk>
                <disk type='file' device='disk'><source file='/sharedlocal/d.qcow2'/></disk>
                <disk type='file' device='cdrom'><readonly/></disk>
                <disk type='block' device='disk'><source dev='/dev/mapper/lun'/></disk>
                <disk type='network' device='disk'><source protocol='rbd' name='pool/e'/></disk>
              </devices>
            </domain>
            """);

    private static Optional<String> type(String path) {
        return Path.of(path).normalize().startsWith("/nfs") ? Optional.of("nfs4") : Optional.of("ext4");
    }

    @Test
    void imagesThatTheOtherHostCannotSeeAreUnsafe() {
        assertThat(new QemuMigrationChecks(QemuMigrationChecksTest::type, List.of()).unsafeImages(GUEST))
                .containsExactly("/local/a.qcow2", "/nfs/../local/c.qcow2", "/sharedlocal/d.qcow2");
    }

    @Test
    void anAdministratorKnowsBetter() {
        assertThat(new QemuMigrationChecks(QemuMigrationChecksTest::type, List.of(Path.of("/local")))
                .unsafeImages(GUEST)).containsExactly("/sharedlocal/d.qcow2");
    }

    @Test
    void theFoldersAreLinesOfTheConfiguration() {
        assertThat(QemuMigrationChecks.ofHost(Map.of("shared_filesystems", "/local\n/sharedlocal\n/nfs"))
                .unsafeImages(GUEST)).isEmpty();
        assertThat(QemuMigrationChecks.ofHost(Map.of()).unsafeImages(GUEST)).hasSize(4);
    }
}

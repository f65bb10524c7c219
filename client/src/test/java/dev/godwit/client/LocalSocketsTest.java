package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalSocketsTest {

    private static final String SYSTEM_RW = "/run/libvirt/libvirt-sock";

    private static Path find(boolean root, boolean readOnly, String uri, String... existing) {
        Set<String> files = Set.of(existing);
        return new LocalSockets(Path.of("/run"), Path.of("/run/user/1000"), root, path -> files.contains(path.toString()))
                .find(ConnectUri.parse(uri), readOnly);
    }

    @Test
    void theDriversOwnDaemonComesFirstThenLibvirtsThenOurs() {
        assertThat(find(true, false, "qemu:///system", SYSTEM_RW, "/run/libvirt/virtqemud-sock"))
                .hasToString("/run/libvirt/virtqemud-sock");
        assertThat(find(true, false, "qemu:///system", SYSTEM_RW, "/run/godwit/libvirt-sock")).hasToString(SYSTEM_RW);
        assertThat(find(true, false, "qemu:///system", "/run/godwit/libvirt-sock"))
                .hasToString("/run/godwit/libvirt-sock");
        assertThat(find(true, false, "qemu:///system")).hasToString("/run/libvirt/virtqemud-sock");
    }

    @ParameterizedTest
    @CsvSource({
        "true, qemu:///session, /run/libvirt/libvirt-sock",
        "false, qemu:///session, /run/user/1000/libvirt/libvirt-sock",
        "false, qemu:///system, /run/libvirt/libvirt-sock",
        "true, '', /run/libvirt/libvirt-sock",
        "false, '', /run/user/1000/libvirt/libvirt-sock",
    })
    void aSessionIsForThoseWhoAreNotRoot(boolean root, String uri, String socket) {
        assertThat(find(root, false, uri, SYSTEM_RW, "/run/user/1000/libvirt/libvirt-sock")).hasToString(socket);
    }

    @Test
    void readOnlyHasSocketsOfItsOwnExceptInASession() {
        assertThat(find(true, true, "qemu:///system", SYSTEM_RW, "/run/libvirt/libvirt-sock-ro"))
                .hasToString("/run/libvirt/libvirt-sock-ro");
        assertThat(find(false, true, "qemu:///session", "/run/user/1000/libvirt/libvirt-sock"))
                .hasToString("/run/user/1000/libvirt/libvirt-sock");
    }

    @Test
    void theUriMayNameTheSocketOrTheMode() {
        assertThat(find(true, false, "qemu:///system?socket=/tmp/a%20b")).hasToString("/tmp/a b");
        assertThat(find(true, false, "qemu:///system?mode=legacy", "/run/libvirt/virtqemud-sock")).hasToString(SYSTEM_RW);
        assertThat(find(true, false, "qemu:///system?mode=direct", SYSTEM_RW)).hasToString("/run/libvirt/virtqemud-sock");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> find(true, false, "qemu:///system?mode=odd"))
                .withMessageContaining("mode 'odd' is none of auto, direct, legacy");
    }

    @Test
    void aSocketThatIsNotThereIsNamedInTheWordsOfTheField() {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> Connection.open("qemu+unix:///system?socket=/nowhere/at/all"))
                .withMessage("Failed to connect socket to '/nowhere/at/all': No such file or directory")
                .satisfies(e -> assertThat(e.codeNumber()).isEqualTo(38));
    }

    @Test
    void aPortWhereNobodyListensIsNamed() {
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> Connection.open("qemu+tcp://127.0.0.1:1/system"))
                .withMessage("unable to connect to server at '127.0.0.1:1': Connection refused")
                .satisfies(e -> assertThat(e.host()).contains("127.0.0.1"));
    }
}

package dev.godwit.daemon.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostIdentityTest {

    @TempDir
    Path dir;

    @Test
    void theUuidIsMadeOnceAndKept() throws Exception {
        UUID first = HostUuid.keptIn(dir, UUID::randomUUID);

        assertThat(HostUuid.keptIn(dir, UUID::randomUUID)).isEqualTo(first);
    }

    @Test
    void aBrokenUuidIsNotReplaced() throws Exception {
        Files.writeString(dir.resolve("host_uuid"), "what is this");

        assertThatThrownBy(() -> HostUuid.keptIn(dir, UUID::randomUUID)).isInstanceOf(IOException.class)
                .hasMessageContaining("host_uuid does not hold a UUID");
        assertThat(dir.resolve("host_uuid")).hasContent("what is this");
    }

    @Test
    void aFolderHasOneDaemon() throws Exception {
        try (StateLock lock = StateLock.on(dir)) {
            assertThat(lock).isNotNull();
            assertThatThrownBy(() -> StateLock.on(dir)).isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another godwitd, process " + ProcessHandle.current().pid());
        }
        StateLock.on(dir).close();
    }

    @Test
    void aNameIsQualifiedOnlyByAnAddressOthersCanReach() {
        assertThat(HostName.qualified("kvm7", _ -> new HostName.Answer("kvm7.example.org", false)))
                .isEqualTo("kvm7.example.org");
        assertThat(HostName.qualified("kvm7", _ -> new HostName.Answer("kvm7.example.org", true))).isEqualTo("kvm7");
        assertThat(HostName.qualified("kvm7", _ -> new HostName.Answer("10.0.0.7", false))).isEqualTo("kvm7");
        assertThat(HostName.qualified("kvm7", _ -> {
            throw new UnknownHostException("kvm7");
        })).isEqualTo("kvm7");
        assertThat(HostName.qualified("localhost", _ -> new HostName.Answer("localhost.localdomain", false)))
                .isEqualTo("localhost");
    }
}

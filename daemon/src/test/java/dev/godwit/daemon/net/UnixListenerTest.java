package dev.godwit.daemon.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnixListenerTest {

    @TempDir
    Path folder;

    private UnixListener listen() throws IOException {
        return UnixListener.on(folder.resolve("libvirt-sock"), false, 0660, Optional.empty(), PeerRule.EVERYBODY, 5);
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    @Test
    void nothingIsThereButTheSocketAndItsModeIsRight() throws Exception {
        try (UnixListener _ = listen()) {
            assertThat(names()).containsExactly("libvirt-sock");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("libvirt-sock")))).isEqualTo("rw-rw----");
        }
        assertThat(folder).isEmptyDirectory();
    }

    /** A socket stays in its folder when the process that made it ends, and so does the folder that it was made in. */
    @ParameterizedTest
    @ValueSource(strings = {"libvirt-sock", ".s/s"})
    void whatAKilledDaemonLeftIsReplaced(String left) throws Exception {
        Path socket = folder.resolve(left);
        Files.createDirectories(socket.getParent());
        ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket)).close();
        assertThat(socket).exists();

        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("libvirt-sock"));
        try (UnixListener _ = listen(); SocketChannel client = SocketChannel.open(address)) {
            assertThat(client.isConnected()).isTrue();
            assertThat(names()).containsExactly("libvirt-sock");
        }
    }

    @Test
    void whatIsNoSocketIsNotRemoved() throws Exception {
        Files.writeString(folder.resolve("libvirt-sock"), "a letter");
        assertThatThrownBy(this::listen).isInstanceOf(IOException.class).hasMessageContaining("is no socket");
        assertThat(folder.resolve("libvirt-sock")).hasContent("a letter");
    }
}

package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.VirtException;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QemuMigrationUriTest {

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            tcp://n,            n,        -,      tcp://n:49152
            tcp:n,              n,        -,      tcp:n:49152
            tcp://n/,           n,        -,      tcp://n:49152/
            tcp://n?x=1,        n,        -,      tcp://n:49152?x=1
            tcp:n:0,            n,        -,      tcp:n:49152
            tcp:n:,             n,        -,      tcp:n:49152
            tcp://10.0.0.1,     10.0.0.1, -,      tcp://10.0.0.1:49152
            tcp://[fd00::1],    [fd00::1], -,     tcp://[fd00::1]:49152
            tcp:[fd00::1],      [fd00::1], -,     tcp:[fd00::1]:49152
            tcp://n:50000,      n,        50000,  -
            tcp:n:50000,        n,        50000,  -
            tcp:[::1]:50000,    [::1],    50000,  -
            """)
    void tcpIsReadInBothSpellingsAndKeepsThem(String asked, String host, Integer port, String answered) {
        QemuMigrationUri.Tcp tcp = (QemuMigrationUri.Tcp) QemuMigrationUri.parse(asked);

        assertThat(tcp.host()).isEqualTo(host);
        assertThat(tcp.port()).isEqualTo(Optional.ofNullable(port));
        if (answered != null) {
            assertThat(tcp.answered(49152)).isEqualTo(answered);
            QemuMigrationUri.Tcp told = (QemuMigrationUri.Tcp) QemuMigrationUri.parse(answered);
            assertThat(told.host()).isEqualTo(host);
            assertThat(told.requiredPort()).isEqualTo(49152);
        } else {
            assertThat(tcp.requiredPort()).isEqualTo(port);
        }
    }

    @ParameterizedTest
    @CsvSource({"unix:///run/x.sock", "unix:/run/x.sock"})
    void aSocketIsAPath(String uri) {
        assertThat(QemuMigrationUri.parse(uri)).isEqualTo(new QemuMigrationUri.Unix("/run/x.sock"));
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://n,      74, unsupported scheme ftp in migration URI ftp://n",
        "rdma://n,     74, RDMA",
        "tcp://,        8, missing host in migration URI: tcp://",
        "tcp:,          8, missing host in migration URI: tcp:",
        "tcp://:4000,   8, missing host",
        "tcp:[],        8, missing host",
        "tcp:n:70000,   8, invalid port",
        "tcp:n:999999,  8, invalid port",
        "tcp:n:12x,     8, unable to parse",
        "tcp:[::1,      8, unable to parse",
        "unix:relative, 8, missing path",
        "somewhere,     8, unable to parse",
        ":x,            8, unable to parse"})
    void everythingElseIsRefused(String uri, int code, String complaint) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationUri.parse(uri))
                .withMessageContaining(complaint)
                .satisfies(error -> assertThat(error.codeNumber()).isEqualTo(code));
    }
}

package dev.godwit.daemon.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.config.ConfigException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DaemonConfigTest {

    @TempDir
    Path dir;

    @Test
    void readsTheSyntaxOfLibvirtdConf() throws Exception {
        DaemonConfig config = parse("""
                # a comment
                listen_tcp = 1
                auth_tcp="none"   # behind a value
                	tcp_port = '16600'
                host_uuid = "61616161-1111-4111-8111-616161616162"
                drivers = [
                    "test",     # comments and line ends within a list
                    "qemu",
                ]
                keepalive_interval = -1
                """);

        assertThat(config.get(ConfigKeys.LISTEN_TCP)).isTrue();
        assertThat(config.get(ConfigKeys.AUTH_TCP)).isEqualTo("none");
        assertThat(config.get(ConfigKeys.TCP_PORT)).isEqualTo(16600);
        assertThat(config.get(ConfigKeys.HOST_UUID))
                .contains(UUID.fromString("61616161-1111-4111-8111-616161616162"));
        assertThat(config.get(ConfigKeys.DRIVERS)).isEqualTo(List.of("test", "qemu"));
        assertThat(config.get(ConfigKeys.KEEPALIVE_INTERVAL)).isEqualTo(-1);
    }

    @Test
    void hasLibvirtsDefaults() throws Exception {
        DaemonConfig config = parse("");

        assertThat(config.get(ConfigKeys.LISTEN_TCP)).isFalse();
        assertThat(config.get(ConfigKeys.TCP_PORT)).isEqualTo(16509);
        assertThat(config.get(ConfigKeys.MAX_CLIENT_REQUESTS)).isEqualTo(5);
        assertThat(config.get(ConfigKeys.MIGRATION_PORT_MIN)).isEqualTo(49152);
        assertThat(config.get(ConfigKeys.UNIX_SOCK_DIR)).isEqualTo(Path.of("/run/godwit"));
        assertThat(config.get(ConfigKeys.CONFIG_DIR)).isEqualTo(Path.of("/etc/godwit"));
    }

    @Test
    void aStateFolderTakesDefinitionsAndLogsAlong() throws Exception {
        DaemonConfig config = parse("state_dir = \"/srv/a\"\nrun_dir = \"/run/a\"\n");

        assertThat(config.get(ConfigKeys.CONFIG_DIR)).isEqualTo(Path.of("/srv/a/config"));
        assertThat(config.get(ConfigKeys.LOG_DIR)).isEqualTo(Path.of("/srv/a/log"));
        assertThat(config.get(ConfigKeys.UNIX_SOCK_DIR)).isEqualTo(Path.of("/run/a"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "listen_tpc = 1                     | f:1: unknown key 'listen_tpc'; did you mean 'listen_tcp'?",
        "wibble = 1                         | f:1: unknown key 'wibble'; Allowed keys",
        "max_clients = \"many\"             | f:1: bad value \"many\" of 'max_clients'; allowed is connections, 1 to",
        "max_clients = 0                    | f:1: bad value 0 of 'max_clients'; allowed is connections, 1 to 100000",
        "tcp_port = \"70000\"               | f:1: bad value \"70000\" of 'tcp_port'; allowed is a port",
        "listen_tcp = 2                     | f:1: bad value 2 of 'listen_tcp'; allowed is 0 or 1",
        "listen_tcp = yes                   | f:1: expected a number, a text in quotes or a list",
        "migration_ask_uris = [\"qemu:///system\"] | f:1: bad value [\"qemu:///system\"] of 'migration_ask_uris'; allowed is a list",
        "migration_ask_uris = [\"qemu+tls://localhost/system\"] | f:1: bad value",
        "migration_ask_uris = [\"qemu+tls:kvm7\"] | f:1: bad value",
        "listen_tcp 1                       | f:1: expected '=' after 'listen_tcp'",
        "listen_tcp = 1x                    | f:1: '1x', the value of 'listen_tcp', is not a whole number",
        "listen_tcp = 99999999999999999999  | f:1: '99999999999999999999', the value of 'listen_tcp', is not a",
        "listen_addr = \"open               | f:1: a text ends on the line it begins on",
        "listen_tcp = 0 tcp_port = 1        | f:1: unexpected 'tcp_port = 1' after the value of 'listen_tcp'",
        "= 1                                | f:1: expected a setting like key = value, found '= 1'",
        "drivers = [ \"qemu\"               | f:1: the list of 'drivers' has no ']'",
        "drivers = [ \"qemu\" \"test\" ]    | f:1: expected ',' or ']' in the list of 'drivers', found '\"test\" ]'",
        "drivers = [ \"qemu\", \"qemu\" ]   | f:1: 'drivers' names \"qemu\" more than once",
        "drivers = []                       | f:1: 'drivers' is empty",
        "host_uuid = \"1234\"               | f:1: bad value \"1234\" of 'host_uuid'; allowed is a UUID",
        "state_dir = \"var\"                | f:1: bad value \"var\" of 'state_dir'; allowed is an absolute path",
        "unix_sock_rw_perms = \"0888\"      | f:1: bad value \"0888\" of 'unix_sock_rw_perms'; allowed is a file mode",
        "auth_tcp = \"polkit\"              | f:1: bad value \"polkit\" of 'auth_tcp'; allowed is one of \"sasl\", \"none\"",
        "listen_tcp = 1                     | f:1: listen_tcp = 1 with auth_tcp = \"sasl\" needs a",
        "listen_tls = 2                     | f:1: bad value 2 of 'listen_tls'; allowed is 0 or 1",
        "ca_file = \"cacert.pem\"             | f:1: bad value \"cacert.pem\" of 'ca_file'; allowed is an absolute path",
        "migration_port_max = 1000          | f:1: 'migration_port_max' (1000) is below 'migration_port_min' (49152)",
    })
    void aMistakeNamesItsLineAndWhatIsAllowed(String text, String message) {
        assertThatThrownBy(() -> parse(text.strip())).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void countsLinesThroughCommentsAndLists() {
        assertThatThrownBy(() -> parse("# one\n\ndrivers = [\n  \"qemu\"\n]\nmax_clients = 0\n"))
                .hasMessageStartingWith("f:6: bad value 0");
    }

    @Test
    void aKeyTwiceNamesBothLines() {
        assertThatThrownBy(() -> parse("max_clients = 10\nmax_clients = 20\n"))
                .hasMessage("f:2: 'max_clients' is set in line 1 already; once is allowed");
    }

    @Test
    void whatIsPrintedCanBeReadAndSaysTheSame() throws Exception {
        DaemonConfig config = parse("""
                listen_tcp = 1
                auth_tcp = "none"
                unix_sock_rw_perms = "0770"
                migration_host = "kvm7.example"
                drivers = ["test"]
                """);

        DaemonConfig again = parse(config.print());

        assertThat(again.print()).isEqualTo(config.print());
        for (ConfigKey<?> key : ConfigKeys.all()) {
            assertThat((Object) again.get(key)).as(key.name()).isEqualTo(config.get(key));
        }
    }

    @Test
    void theReferenceIsAConfiguration() throws Exception {
        assertThat(parse(parse("").printWithComments()).print()).isEqualTo(parse("").print());
    }

    @Test
    void aFileThatWasNamedHasToBeThere() {
        assertThatThrownBy(() -> DaemonConfig.load(Instance.SYSTEM, Optional.of(dir.resolve("none.conf"))))
                .hasMessageContaining("none.conf: cannot be read: there is no such file");
    }

    @Test
    void theInstancesOwnFileMayBeMissing() throws Exception {
        Instance instance = Instance.session(Map.of("XDG_CONFIG_HOME", dir.toString()), dir);

        assertThat(DaemonConfig.load(instance, Optional.empty()).get(ConfigKeys.MAX_CLIENTS)).isEqualTo(5000);
    }

    @Test
    void refusesWhatIsNoText() throws Exception {
        Path file = Files.write(dir.resolve("binary.conf"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

        assertThatThrownBy(() -> DaemonConfig.load(Instance.SYSTEM, Optional.of(file)))
                .hasMessage(file + ": the file is not UTF-8 text");
        assertThatThrownBy(() -> DaemonConfig.load(Instance.SYSTEM, Optional.of(
                Files.write(file, "\0".getBytes(StandardCharsets.UTF_8))))).hasMessageContaining("not a text file");
    }

    @Test
    void aSessionKeepsToTheUsersFolders() throws Exception {
        Instance instance = Instance.session(
                Map.of("XDG_RUNTIME_DIR", "/run/user/1000", "XDG_STATE_HOME", "relative/is/ignored"),
                Path.of("/home/ann"));
        DaemonConfig config = DaemonConfig.parse(instance, "f", "");

        assertThat(config.get(ConfigKeys.RUN_DIR)).isEqualTo(Path.of("/run/user/1000/godwit"));
        assertThat(config.get(ConfigKeys.STATE_DIR)).isEqualTo(Path.of("/home/ann/.local/state/godwit"));
        assertThat(config.get(ConfigKeys.CONFIG_DIR)).isEqualTo(Path.of("/home/ann/.config/godwit"));
    }

    private static DaemonConfig parse(String text) throws ConfigException {
        return DaemonConfig.parse(Instance.SYSTEM, "f", text);
    }
}

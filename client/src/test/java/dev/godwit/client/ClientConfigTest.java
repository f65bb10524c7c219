package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users keep in libvirt's files for clients. */
class ClientConfigTest {

    @TempDir
    Path folder;

    private Surroundings surroundings(boolean root, Map<String, String> environment) throws Exception {
        return new Surroundings(environment, Files.createDirectories(folder.resolve("user")),
                Files.createDirectories(folder.resolve("system")), root);
    }

    private void write(String file, String text) throws Exception {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }

    @Test
    void anAliasStandsForAUriAndTheDefaultForNothing() throws Exception {
        write("user/libvirt.conf", """
                # where my hosts are
                uri_aliases = [
                  "hail=qemu+ssh://root@hail.cloud.example.com/system",
                  "sleet=qemu+tls://sleet.cloud.example.com/system",
                ]
                uri_default = "sleet"
                """);
        ClientConfig config = ClientConfig.load(surroundings(false, Map.of()));
        assertThat(config.resolve("hail")).hasToString("qemu+ssh://root@hail.cloud.example.com/system");
        assertThat(config.resolve("")).hasToString("qemu+tls://sleet.cloud.example.com/system");
        assertThat(config.resolve("qemu:///system")).hasToString("qemu:///system");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> config.resolve("snow"))
                .withMessageContaining("Unable to parse URI snow");
        assertThat(ClientConfig.load(surroundings(true, Map.of())).resolve("")).isEqualTo(ConnectUri.ANY);
    }

    @Test
    void theVariableComesBeforeTheFile() throws Exception {
        write("system/libvirt.conf", "uri_default = \"test:///default\"\n");
        assertThat(ClientConfig.load(surroundings(true, Map.of())).resolve("")).hasToString("test:///default");
        assertThat(ClientConfig.load(surroundings(true, Map.of("LIBVIRT_DEFAULT_URI", "qemu:///session"))).resolve(""))
                .hasToString("qemu:///session");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            uri_aliases = ["hail"]         | Malformed 'uri_aliases' config entry 'hail', expected 'alias=uri://host/path'
            uri_aliases = ["h ail=x:///y"] | aliases may only contain 'a-Z, 0-9, _, -'
            uri_default = 5                | 'uri_default' is not a text
            uri_default                    | expected '='
            """)
    void aFileThatIsWrongIsNamedWithItsLine(String line, String complaint) throws Exception {
        write("user/libvirt.conf", line + "\n");
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> ClientConfig.load(surroundings(false, Map.of())))
                .withMessageContaining("libvirt.conf:1: ").withMessageContaining(complaint);
    }

    private static final String AUTH = """
            # passwords
            [credentials-lab]
            authname=ann
            password=a=b c

            [credentials-all]
            username=bob

            [auth-libvirt-kvm7]
            credentials=lab
            [auth-libvirt-default]
            credentials=all
            [auth-libvirt-broken]
            credentials=none
            """;

    @Test
    void aHostHasTheCredentialsOfItsSectionOrOfTheOneForAll() throws Exception {
        write("user/auth.conf", AUTH);
        AuthFile file = AuthFile.of(ConnectUri.parse("qemu://kvm7/system"), surroundings(false, Map.of()));
        assertThat(file.credentials("kvm7")).containsEntry("authname", "ann").containsEntry("password", "a=b c");
        assertThat(file.credentials("other")).isEqualTo(Map.of("username", "bob"));
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> file.credentials("broken"))
                .withMessageContaining("there is no section [credentials-none], which the section for broken names");
    }

    @Test
    void theVariableComesBeforeTheUriAndTheUriBeforeTheFolders() throws Exception {
        write("system/auth.conf", AUTH.replace("ann", "system"));
        write("by-uri", AUTH.replace("ann", "uri"));
        write("by-variable", AUTH.replace("ann", "variable"));
        ConnectUri plain = ConnectUri.parse("qemu://kvm7/system");
        ConnectUri naming = ConnectUri.parse("qemu://kvm7/system?authfile=" + folder.resolve("by-uri"));
        Map<String, String> variable = Map.of("LIBVIRT_AUTH_FILE", folder.resolve("by-variable").toString());
        assertThat(AuthFile.of(plain, surroundings(false, Map.of())).credentials("kvm7")).containsEntry("authname", "system");
        assertThat(AuthFile.of(naming, surroundings(false, Map.of())).credentials("kvm7")).containsEntry("authname", "uri");
        assertThat(AuthFile.of(naming, surroundings(false, variable)).credentials("kvm7"))
                .containsEntry("authname", "variable");
    }

    @Test
    void aBadFileIsNamedAndItsPasswordsAreNot() throws Exception {
        write("user/auth.conf", "[credentials-x]\nmy secret\n");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() ->
                        AuthFile.of(ConnectUri.parse("qemu://kvm7/system"), surroundings(false, Map.of())))
                .withMessageContaining("auth.conf: line 2").withMessageNotContaining("secret");
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> AuthFile.of(
                        ConnectUri.parse("qemu://kvm7/system?authfile=/no/file"), surroundings(false, Map.of())))
                .withMessageContaining("/no/file: it cannot be read");
    }
}

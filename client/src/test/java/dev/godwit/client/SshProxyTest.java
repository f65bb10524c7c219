package dev.godwit.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What ssh is told, and what a real shell makes of the words for the far end. */
class SshProxyTest {

    @TempDir
    Path bin;

    private static List<String> ssh(String uri) {
        return SshProxy.dialer(ConnectUri.parse(uri), false).command();
    }

    @Test
    void theProgramGetsWhatStockClientsGiveIt() {
        List<String> words = ssh("qemu+ssh://ann@kvm7:2222/system?keyfile=/k%20y&no_tty=1&no_verify=1");
        assertThat(words.subList(0, words.size() - 1)).containsExactly("ssh", "-p", "2222", "-l", "ann", "-i", "/k y",
                "-T", "-e", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "--", "kvm7");
        assertThat(ssh("qemu+ssh://[fe80::1]/system?command=/opt/ssh").subList(0, 6))
                .containsExactly("/opt/ssh", "-T", "-e", "none", "--", "fe80::1");
    }

    @Test
    void whatTheLibrariesHaveAsParametersTheProgramHasAsOptions() {
        assertThat(ssh("qemu+libssh://h/system?known_hosts=/x&known_hosts_verify=auto&sshauth=agent,privkey,password"))
                .containsSequence("-o", "StrictHostKeyChecking=accept-new", "-o", "UserKnownHostsFile=\"/x\"",
                        "-o", "PreferredAuthentications=publickey,password");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            proxy=odd                    | proxy 'odd' is none of auto, netcat, native
            proxy=native&netcat=/bin/nc  | netcat path not valid with native proxy mode
            known_hosts_verify=odd       | is none of normal, auto, ignore
            sshauth=tea                  | sshauth 'tea' is none of
            no_verify=yes                | Failed to parse value of URI component no_verify
            """)
    void whatIsNotKnownIsNamed(String parameters, String complaint) {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> ssh("qemu+ssh://h/system?" + parameters)).withMessageContaining(complaint);
    }

    @ParameterizedTest
    @CsvSource({
        "qemu+ssh://h/system, AUTO", "qemu+ssh://h/session, NATIVE", "qemu+ssh://h/system?socket=/s, NETCAT",
        "qemu+ssh://h/system?netcat=/n, NETCAT", "qemu+ssh://h/system?socket=/s&proxy=native, NATIVE",
        "qemu+ssh://h/session?proxy=auto, AUTO"
    })
    void whichProgramTheFarEndIsToRun(String uri, SshProxy proxy) {
        assertThat(SshProxy.of(ConnectUri.parse(uri))).isEqualTo(proxy);
    }

    @Test
    void oursIsRunBeforeLibvirtsAndLibvirtsBeforeNetcat() throws Exception {
        String uri = "qemu+ssh://h/system?mode=legacy";
        program("nc", "nc");
        assertThat(farEnd(uri, true)).isEqualTo("nc -U /var/run/libvirt/libvirt-sock-ro");
        program("virt-ssh-helper", "virt");
        assertThat(farEnd(uri, false)).isEqualTo("virt qemu:///system?mode=legacy");
        program("godwit-ssh-helper", "godwit");
        assertThat(farEnd(uri, true)).isEqualTo("godwit -r qemu:///system?mode=legacy");
    }

    @Test
    void nothingInAUriIsReadByAShell() throws Exception {
        program("n c", "nc");
        assertThat(farEnd("qemu+ssh://h/system?netcat=n%20c&socket=/a%20b'%60touch%20hacked%60$(touch%20hacked)%22%3Bx",
                false)).isEqualTo("nc -U /a b'`touch hacked`$(touch hacked)\";x");
        program("godwit-ssh-helper", "godwit");
        assertThat(farEnd("qemu+ssh://h/system?x='%3Btouch%20hacked%3B'&y=$(id)", false))
                .isEqualTo("godwit qemu:///system?x='%3Btouch%20hacked%3B'&y=$(id)");
        assertThat(bin.resolve("hacked")).doesNotExist();
    }

    @Test
    void aFarEndWithNothingSaysSo() throws Exception {
        assertThat(farEnd("qemu+ssh://h/session", false))
                .isEqualTo("there is neither godwit-ssh-helper nor virt-ssh-helper");
        assertThat(farEnd("qemu+ssh://h/system", false)).isEqualTo("there is no nc to reach the socket with");
    }

    /** A program that prints how it was called. */
    private void program(String name, String says) throws IOException {
        Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n[ \"$1\" = -q ] || echo " + says + " \"$@\"\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** What a login shell prints that is given the words for the far end, as sshd does it. */
    private String farEnd(String uri, boolean readOnly) throws Exception {
        for (String tool : List.of("sh", "grep")) {
            Path link = bin.resolve(tool);
            if (!Files.exists(link)) {
                Files.createSymbolicLink(link, Path.of("/bin/" + tool));
            }
        }
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-c",
                SshProxy.command(ConnectUri.parse(uri), readOnly)).directory(bin.toFile()).redirectErrorStream(true);
        builder.environment().put("PATH", bin.toString());
        Process shell = builder.start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return output.strip();
    }
}

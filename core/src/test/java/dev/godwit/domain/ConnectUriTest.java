package dev.godwit.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.ConnectUri.Transport;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectUriTest {

    /** The table a stock client was seen to follow. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            qemu:///system                           | qemu:///system
            qemu+tcp://h/system                      | qemu:///system
            qemu+tcp://h/system?foo=bar&no_verify=1  | qemu:///system?foo=bar
            qemu+tcp://h/session#frag                | qemu:///session#frag
            qemu+TCP://h/system?No_Verify=1          | qemu:///system
            qemu+tcp://h                             | qemu://
            remote+tcp://h/                          | ''
            qemu+unix:///system?socket=/tmp/a&x=%20y | qemu:///system?x=%20y
            qemu+tcp://h/system?name=test:///default | test:///default
            test:///default                          | test:///default
            ''                                       | ''
            """)
    void theNameForTheHostLosesWhatIsForTheClient(String uri, String name) {
        assertThat(ConnectUri.parse(uri).remoteName()).isEqualTo(name);
    }

    @Test
    void allPartsAreFound() {
        ConnectUri uri = ConnectUri.parse("qemu+ssh://ann@kvm7.example:2222/system?keyfile=/k%20y&a=1#f");
        assertThat(uri.driver()).isEqualTo("qemu");
        assertThat(uri.transport()).contains(Transport.SSH);
        assertThat(uri.user()).contains("ann");
        assertThat(uri.host()).contains("kvm7.example");
        assertThat(uri.port()).isEqualTo(OptionalInt.of(2222));
        assertThat(uri.path()).isEqualTo("/system");
        assertThat(uri.parameter("keyfile")).contains("/k y");
        assertThat(uri.parameter("b")).isEmpty();
        assertThat(uri.fragment()).contains("f");
    }

    @Test
    void anIpv6HostLosesItsBracketsAndGetsThemBack() {
        ConnectUri uri = ConnectUri.parse("qemu+tcp://[fe80::1%eth0]:16510/system");
        assertThat(uri.host()).contains("fe80::1%eth0");
        assertThat(uri.port()).hasValue(16510);
        assertThat(uri).hasToString("qemu+tcp://[fe80::1%eth0]:16510/system");
    }

    @Test
    void theLastOfSeveralParametersCountsWhateverItsLetters() {
        ConnectUri uri = ConnectUri.parse("qemu+ssh://h/system?KeyFile=/a&keyfile=/b&no_tty=1&no_verify=0");
        assertThat(uri.parameter("keyfile")).contains("/b");
        assertThat(uri.flag("no_tty")).isTrue();
        assertThat(uri.flag("no_verify")).isFalse();
        assertThat(uri.flag("no_sanity")).isFalse();
        assertThatThrownBy(() -> ConnectUri.parse("qemu+ssh://h/system?no_tty=yes").flag("no_tty"))
                .hasMessageContaining("Failed to parse value of URI component no_tty");
    }

    @Test
    void theFormForTheHostItselfMayKeepHowToFindTheSocket() {
        assertThat(ConnectUri.parse("qemu+ssh://ann@h/system?mode=legacy&keyfile=/k&x=1").localForm(Set.of("mode")))
                .isEqualTo("qemu:///system?mode=legacy&x=1");
    }

    @Test
    void withoutATransportAHostMeansTls() {
        assertThat(ConnectUri.parse("qemu://h/system").effectiveTransport()).isEqualTo(Transport.TLS);
        assertThat(ConnectUri.parse("qemu:///system").effectiveTransport()).isEqualTo(Transport.UNIX);
        assertThat(ConnectUri.ANY.effectiveTransport()).isEqualTo(Transport.UNIX);
        assertThat(ConnectUri.ANY.host()).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "qemu:///system", "qemu+tcp://h:1/system", "qemu+unix:///session?socket=/a%20b&x", "test:///default#x",
        "qemu+tcp://[::1]/system", "remote+tcp://u@h/", ""
    })
    void textAndBack(String uri) {
        ConnectUri parsed = ConnectUri.parse(uri);
        assertThat(parsed).hasToString(uri);
        assertThat(ConnectUri.parse(parsed.toString())).isEqualTo(parsed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kvm7                       | as in qemu+tcp://host/system
            /system                    | as in qemu+tcp://host/system
            qemu+pigeon://h/system     | transport 'pigeon' is none of
            qemu+tcp://h:0/system      | port '0' is not a number from 1 to 65535
            qemu+tcp://h:65536/system  | port '65536'
            qemu+tcp://h:x/system      | port 'x'
            qemu+tcp://::1/system      | needs brackets
            qemu+tcp://[::1/system     | no closing bracket
            qemu:///sys tem            | white space
            qemu:///system?a=%zz       | broken % escape
            qemu+tls:/desthost/system  | write qemu+tls://desthost/system
            qemu+ssh:desthost/system   | write qemu+ssh://desthost/system
            qemu+tcp:/system           | write qemu+tcp://host/system
            qemu+unix://h/system       | using unix socket and remote server 'h' is not supported.
            """)
    void whatIsWrongIsSaid(String uri, String complaint) {
        assertThatThrownBy(() -> ConnectUri.parse(uri))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.is(ErrorCode.INVALID_ARG)).isTrue())
                .hasMessageContaining(complaint);
    }
}

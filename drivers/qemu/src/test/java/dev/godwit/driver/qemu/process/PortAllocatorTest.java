package dev.godwit.driver.qemu.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortAllocatorTest {

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static final InetAddress ANY = address("0.0.0.0");

    @Test
    void givesTheFirstFreePortAndKeepsIt() {
        var ports = new PortAllocator((address, port) -> port != 101);
        var range = new PortRange("migration", 100, 103);
        PortAllocator.Lease first = ports.acquire(range, ANY);
        PortAllocator.Lease second = ports.acquire(range, ANY);
        assertThat(List.of(first.port(), second.port())).containsExactly(100, 102);
        first.close();
        first.close();
        assertThat(ports.acquire(range, ANY).port()).isEqualTo(100);
        first.close(); // A lease that is over gives back nothing that somebody else has by now.
        assertThat(ports.acquire(range, ANY).port()).isEqualTo(103);
    }

    @Test
    void saysWhichRangeIsUsedUp() {
        var ports = new PortAllocator((address, port) -> true);
        var range = new PortRange("migration", 49152, 49153);
        ports.acquire(range, ANY);
        ports.acquire(range, ANY);
        assertThatThrownBy(() -> ports.acquire(range, ANY))
                .isInstanceOfSatisfying(VirtException.class, e -> {
                    assertThat(e.codeNumber()).isEqualTo(1);
                    assertThat(e.domainNumber()).isZero();
                })
                .hasMessage("internal error: Unable to find an unused port in range 'migration' (49152-49153)");
    }

    @Test
    void rangesThatOverlapShareTheirPorts() {
        var ports = new PortAllocator((address, port) -> true);
        PortAllocator.Lease display = ports.acquire(new PortRange("display", 5900, 65535), ANY);
        assertThat(display.port()).isEqualTo(5900);
        assertThat(ports.acquire(new PortRange("migration", 5900, 5910), ANY).port()).isEqualTo(5901);
        assertThat(ports.reserve(5905).port()).isEqualTo(5905);
        assertThatThrownBy(() -> ports.reserve(5905)).hasMessage("internal error: Failed to reserve port 5905");
        assertThatThrownBy(() -> ports.reserve(70000)).isInstanceOf(VirtException.class);
    }

    @Test
    void aProbeThatFailsKeepsNothing() {
        var broken = new boolean[] {true};
        var ports = new PortAllocator((address, port) -> {
            if (broken[0]) {
                throw new IOException("Permission denied");
            }
            return true;
        });
        var range = new PortRange("migration", 80, 80);
        assertThatThrownBy(() -> ports.acquire(range, ANY)).hasMessage("Unable to bind to port 80: Permission denied");
        broken[0] = false;
        assertThat(ports.acquire(range, ANY).port()).isEqualTo(80);
    }

    @Test
    void manyAtOnceGetDifferentPorts() throws Exception {
        var ports = new PortAllocator((address, port) -> true);
        var range = new PortRange("migration", 1000, 1063);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                calls.add(() -> ports.acquire(range, ANY).port());
            }
            var got = new TreeSet<Integer>();
            for (Future<Integer> port : threads.invokeAll(calls)) {
                got.add(port.get());
            }
            assertThat(got).hasSize(64);
        }
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0, INET, 0.0.0.0", "0.0.0.0, INET6, ::", "0.0.0.0, INET, 127.0.0.1", "::, INET, 127.0.0.1",
        "127.0.0.1, INET, 0.0.0.0", "127.0.0.1, INET, 127.0.0.1", "::1, INET6, ::"})
    void seesWhoListens(String wanted, StandardProtocolFamily family, String listening) throws Exception {
        var ports = new PortAllocator();
        PortRange only;
        try (ServerSocketChannel other = ServerSocketChannel.open(family)) {
            other.bind(new InetSocketAddress(address(listening), 0));
            int port = ((InetSocketAddress) other.getLocalAddress()).getPort();
            only = new PortRange("migration", port, port);
            assertThatThrownBy(() -> ports.acquire(only, address(wanted)))
                    .hasMessageContaining("Unable to find an unused port");
        }
        assertThat(ports.acquire(only, address(wanted)).port()).isEqualTo(only.min());
    }

    @Test
    void anAddressThisHostHasNotIsNoShortageOfPorts() {
        assertThatThrownBy(() -> new PortAllocator().acquire(PortRange.MIGRATION, address("192.0.2.1")))
                .isInstanceOfSatisfying(VirtException.class, e -> assertThat(e.codeNumber()).isEqualTo(38))
                .hasMessageStartingWith("Unable to bind to port 49152: ");
    }

    @Test
    void whatIsNoRangeIsRefused() {
        assertThatThrownBy(() -> new PortRange("display", 5, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PortRange("display", 0, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PortRange("display", 5, 65536)).isInstanceOf(IllegalArgumentException.class);
    }
}

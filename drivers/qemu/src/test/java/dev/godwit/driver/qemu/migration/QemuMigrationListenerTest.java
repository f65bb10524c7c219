package dev.godwit.driver.qemu.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostSetting;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSettings;
import dev.godwit.driver.PeerAccess;
import dev.godwit.driver.Waiting;
import dev.godwit.driver.qemu.migration.QemuMigrationListener.Place;
import dev.godwit.driver.qemu.migration.QemuMigrationReach.Resolver;
import dev.godwit.driver.qemu.process.PortAllocator;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class QemuMigrationListenerTest {

    private static final DomainRef GUEST = new DomainRef("web1", new UUID(1, 2), 3);
    private static final Resolver GOOD = _ -> List.of(InetAddress.getByName("10.0.0.2"));
    private static final Resolver LOCALHOST = _ -> List.of(InetAddress.getByName("127.0.1.1"));
    private static final Resolver NOTHING = name -> {
        throw new UnknownHostException(name);
    };

    private final PortAllocator ports = new PortAllocator((address, port) -> port != 49153);

    private Place find(Resolver resolver, MigrationRequest request, Optional<String> host, Optional<String> address) {
        Path none = Path.of("/nowhere");
        return new QemuMigrationListener(new HostSetting(new HostIdentity("kvm2", UUID.randomUUID()), true, none, none, none,
                none, new MigrationSettings(host, address, 49152, 49153, false), Map.of(), InstantSource.system(),
                RandomGenerator.getDefault(), Waiting.REAL, () -> {
                    throw new AssertionError("Nothing is promised here");
                }, PeerAccess.NONE), ports, resolver).find(request);
    }

    private String told(Resolver resolver, MigrationRequest request) {
        return find(resolver, request, Optional.empty(), Optional.of("0.0.0.0")).answered().orElse("nothing");
    }

    private static MigrationRequest direct() {
        return MigrationRequest.of(GUEST, Set.of(MigrationFlag.LIVE));
    }

    private static MigrationRequest peerToPeer() {
        return MigrationRequest.of(GUEST, Set.of(MigrationFlag.LIVE, MigrationFlag.PEER2PEER)).withReached("10.9.9.2");
    }

    @Test
    void theHostsNameIsToldWhereItLeadsSomewhere() {
        assertThat(told(GOOD, direct())).isEqualTo("tcp:kvm2:49152");
    }

    @Test
    void aNameThatTheHostDoesNotKnowIsForTheSourceToKnow() {
        assertThat(told(NOTHING, direct())).isEqualTo("tcp:kvm2:49152");
    }

    @Test
    void aNameThatLeadsBackIsRefusedWithWhatHelps() {
        assertThatExceptionOfType(VirtException.class).isThrownBy(() -> told(LOCALHOST, direct()))
                .withMessageStartingWith("internal error: hostname on destination resolved to localhost, but migration"
                        + " requires an FQDN")
                .withMessageContaining("migration_host").withMessageContaining("tcp://ADDRESS");
    }

    @Test
    void aClientsWayHereIsNotTheSources() {
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> told(LOCALHOST, direct().withReached("10.9.9.2")));
        assertThat(told(NOTHING, direct().withReached("10.9.9.2"))).isEqualTo("tcp:kvm2:49152");
    }

    @Test
    void aSourceThatDrivesIsGivenTheAddressItKnowsRatherThanANameThatLeadsBack() {
        assertThat(told(LOCALHOST, peerToPeer())).isEqualTo("tcp:10.9.9.2:49152");
    }

    @Test
    void orNowhere() {
        assertThat(told(NOTHING, peerToPeer().withReached("fd00::2"))).isEqualTo("tcp:[fd00::2]:49152");
    }

    @Test
    void butTheNameWhereItLeadsSomewhere() {
        assertThat(told(GOOD, peerToPeer())).isEqualTo("tcp:kvm2:49152");
    }

    @Test
    void whatTheAdministratorWroteIsTaken() {
        assertThat(find(LOCALHOST, peerToPeer(), Optional.of("fd00::7"), Optional.of("::")))
                .satisfies(place -> assertThat(place.answered()).contains("tcp:[fd00::7]:49152"))
                .satisfies(place -> assertThat(place.incoming()).isEqualTo("tcp:[::]:49152"));
    }

    @Test
    void whereItListensIsSaidByTheUserAndOtherwiseByTheAdministrator() {
        assertThat(find(GOOD, direct().withListenAddress("[fd00::9]"), Optional.empty(), Optional.of("10.0.0.2")).incoming())
                .isEqualTo("tcp:[fd00::9]:49152");
    }

    @Test
    void aRangeThatIsUsedUp() throws Exception {
        try (AutoCloseable _ = find(GOOD, direct(), Optional.empty(), Optional.empty()).lease()) {
            assertThatExceptionOfType(VirtException.class).isThrownBy(() -> told(GOOD, direct()))
                    .withMessageContaining("Unable to find an unused port in range 'migration' (49152-49153) of kvm2")
                    .withMessageContaining("migration_port_max").withMessageContaining("tcp://kvm2:PORT");
        }
    }

    @Test
    void aPortOutsideTheRangeUnlessItIsTaken() {
        Place place = find(GOOD, direct().withUri("tcp://10.0.0.2:50000"), Optional.empty(), Optional.of("0.0.0.0"));
        assertThat(place.incoming()).isEqualTo("tcp:0.0.0.0:50000");
        assertThat(place.answered()).isEmpty();
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> told(GOOD, direct().withUri("tcp:10.0.0.2:49153")))
                .withMessageContaining("Port 49153 of kvm2 is taken");
    }

    @Test
    void theListeningSideMakesTheSocket() {
        Place place = find(GOOD, direct().withUri("unix:///run/web1.sock"), Optional.empty(), Optional.empty());
        assertThat(place.incoming()).isEqualTo("unix:/run/web1.sock");
        assertThat(place.answered()).isEmpty();
    }
}

package dev.godwit.driver.qemu.migration;

import static dev.godwit.driver.qemu.qmp.MigrationCapability.AUTO_CONVERGE;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.EVENTS;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.LATE_BLOCK_ACTIVATE;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.PAUSE_BEFORE_SWITCHOVER;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.RETURN_PATH;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.SWITCHOVER_ACK;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.XBZRLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.driver.qemu.qmp.MigrationCommands.Capabilities;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class QemuMigrationSupportTest {

    private static final DomainRef GUEST = new DomainRef("web1", UUID.randomUUID(), 1);
    private static final Set<MigrationCapability> ALL = EnumSet.allOf(MigrationCapability.class);

    @Test
    void everyFlagIsEitherSupportedOrRefusedByItsName() {
        Set<MigrationFlag> supported = EnumSet.of(MigrationFlag.LIVE, MigrationFlag.PERSIST_DEST,
                MigrationFlag.UNDEFINE_SOURCE, MigrationFlag.PAUSED, MigrationFlag.CHANGE_PROTECTION,
                MigrationFlag.UNSAFE, MigrationFlag.ABORT_ON_ERROR, MigrationFlag.AUTO_CONVERGE, MigrationFlag.TLS,
                MigrationFlag.PEER2PEER);
        for (MigrationFlag flag : MigrationFlag.values()) {
            MigrationRequest request = MigrationRequest.of(GUEST, EnumSet.of(flag, MigrationFlag.LIVE));
            if (supported.contains(flag)) {
                assertThatNoException().as("%s", flag).isThrownBy(() -> QemuMigrationSupport.check(request, Host.SOURCE));
            } else {
                assertThatExceptionOfType(VirtException.class).as("%s", flag)
                        .isThrownBy(() -> QemuMigrationSupport.check(request, Host.SOURCE));
            }
        }
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationSupport.check(MigrationRequest.of(GUEST,
                        EnumSet.of(MigrationFlag.PARALLEL, MigrationFlag.POSTCOPY, MigrationFlag.LIVE)), Host.SOURCE))
                .withMessage("argument unsupported: this release cannot migrate with"
                        + " flag VIR_MIGRATE_POSTCOPY, flag VIR_MIGRATE_PARALLEL");
    }

    @Test
    void aTunnelGoesOneWay() {
        MigrationRequest tunnelled = MigrationRequest.of(GUEST,
                EnumSet.of(MigrationFlag.LIVE, MigrationFlag.PEER2PEER, MigrationFlag.TUNNELLED));
        assertThatNoException().isThrownBy(() -> QemuMigrationSupport.check(tunnelled, Host.SOURCE));
        for (Host side : Host.values()) {
            assertThat(on(QemuMigrationCapabilities.decide(side, tunnelled, ALL, Optional.of(ALL))))
                    .as("at the %s", side).doesNotContain(RETURN_PATH, SWITCHOVER_ACK);
        }
    }

    @Test
    void aParameterThatConcernsTheOtherHostIsNotOurs() {
        MigrationRequest request = with(List.of("auto_converge.initial"), OptionalLong.empty());

        assertThatNoException().isThrownBy(() -> QemuMigrationSupport.check(request, Host.DESTINATION));
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationSupport.check(request, Host.SOURCE))
                .withMessageContaining("parameter 'auto_converge.initial'");
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationSupport.check(
                        with(List.of("disks_port"), OptionalLong.empty()), Host.DESTINATION))
                .withMessageContaining("parameter 'disks_port'");
    }

    @Test
    void aBandwidthThatIsNoNumberOfBytesIsRefused() {
        long most = 8796093022207L;
        assertThatNoException().isThrownBy(
                () -> QemuMigrationSupport.check(with(List.of(), OptionalLong.of(most)), Host.SOURCE));
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationSupport.check(with(List.of(), OptionalLong.of(most + 1)), Host.SOURCE))
                .satisfies(error -> assertThat(error.codeNumber()).isEqualTo(82));
        assertThat(QemuMigrationSupport.bandwidthMiB(with(List.of(), OptionalLong.of(0)))).isEmpty();
        assertThat(QemuMigrationSupport.bandwidthMiB(with(List.of(), OptionalLong.of(7)))).contains(7L);
    }

    @Test
    void aSourceSwitchesOverWithoutAskingAndADestinationTakesItsDisksLate() {
        MigrationRequest plain = MigrationRequest.of(GUEST, Set.of());

        assertThat(on(QemuMigrationCapabilities.decide(Host.SOURCE, plain, ALL, Optional.of(Set.of()))))
                .containsExactlyInAnyOrder(EVENTS, RETURN_PATH);
        assertThat(on(QemuMigrationCapabilities.decide(Host.DESTINATION, plain, ALL, Optional.empty())))
                .containsExactlyInAnyOrder(EVENTS, LATE_BLOCK_ACTIVATE, RETURN_PATH);
        assertThat(on(QemuMigrationCapabilities.decide(Host.SOURCE, plain, ALL, Optional.of(ALL))))
                .containsExactlyInAnyOrder(EVENTS, RETURN_PATH, SWITCHOVER_ACK);
    }

    @Test
    void everyCapabilityThatQemuHasIsSet() {
        Set<MigrationCapability> has = EnumSet.of(XBZRLE, PAUSE_BEFORE_SWITCHOVER, LATE_BLOCK_ACTIVATE, RETURN_PATH);

        Capabilities decided = QemuMigrationCapabilities.decide(
                Host.SOURCE, MigrationRequest.of(GUEST, Set.of()), has, Optional.of(ALL));

        assertThat(QemuMigrationCapabilities.of(decided)).isEqualTo(has);
        assertThat(on(QemuMigrationCapabilities.off(has))).containsExactly(EVENTS);
    }

    @Test
    void aFlagThatQemuCannotFollowIsRefused() {
        MigrationRequest request = MigrationRequest.of(GUEST, Set.of(MigrationFlag.AUTO_CONVERGE));
        assertThat(on(QemuMigrationCapabilities.decide(Host.SOURCE, request, ALL, Optional.empty())))
                .contains(AUTO_CONVERGE);
        assertThatExceptionOfType(VirtException.class)
                .isThrownBy(() -> QemuMigrationCapabilities.decide(Host.SOURCE, request,
                        EnumSet.complementOf(EnumSet.of(AUTO_CONVERGE)), Optional.empty()))
                .withMessage("argument unsupported: Migration option 'auto-converge' is not supported by QEMU binary");
    }

    private static Set<MigrationCapability> on(Capabilities capabilities) {
        Set<MigrationCapability> on = EnumSet.noneOf(MigrationCapability.class);
        for (MigrationCapability capability : MigrationCapability.values()) {
            if (capabilities.isOn(capability)) {
                on.add(capability);
            }
        }
        return on;
    }

    private static MigrationRequest with(List<String> others, OptionalLong bandwidth) {
        return new MigrationRequest(GUEST, Set.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), bandwidth, Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), others);
    }
}

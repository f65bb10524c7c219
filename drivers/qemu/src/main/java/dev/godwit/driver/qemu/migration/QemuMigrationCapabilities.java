package dev.godwit.driver.qemu.migration;

import static dev.godwit.driver.qemu.qmp.MigrationCapability.AUTO_CONVERGE;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.EVENTS;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.LATE_BLOCK_ACTIVATE;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.RETURN_PATH;
import static dev.godwit.driver.qemu.qmp.MigrationCapability.SWITCHOVER_ACK;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.driver.qemu.qmp.MigrationCommands.Capabilities;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which migration capabilities QEMU is told to use: every one that libvirt knows and this QEMU has, on or
 * off, so that nothing is left over from an earlier migration.
 *
 * <pre>
 *                             source          destination
 *   pause-before-switchover   off             off             see ADR 24
 *   late-block-activate       off             on
 *   return-path               on              on              off in a tunnel, which goes one way
 *   auto-converge             AUTO_CONVERGE   off
 *   switchover-ack            on, where both QEMUs have it    off in a tunnel
 *   events                    on              on
 *   all others                off
 * </pre>
 */
final class QemuMigrationCapabilities {

    private QemuMigrationCapabilities() {}

    /** What a QEMU has, for the cookie. */
    static Set<MigrationCapability> of(Capabilities has) {
        Set<MigrationCapability> known = EnumSet.noneOf(MigrationCapability.class);
        for (MigrationCapability capability : MigrationCapability.values()) {
            if (capability != EVENTS && has.has(capability)) {
                known.add(capability);
            }
        }
        return known;
    }

    /**
     * Decides.
     *
     * @param side    which of the two hosts this is
     * @param request how the guest is moved
     * @param here    what this host's QEMU has
     * @param there   what the peer's has; empty when it did not say
     * @return every capability this QEMU has
     * @throws VirtException 74 if a flag needs what this QEMU has not
     */
    static Capabilities decide(Host side, MigrationRequest request, Set<MigrationCapability> here,
            Optional<Set<MigrationCapability>> there) {
        Set<MigrationCapability> on = EnumSet.noneOf(MigrationCapability.class);
        if (side == Host.DESTINATION) {
            on.add(LATE_BLOCK_ACTIVATE);
        }
        if (!request.has(MigrationFlag.TUNNELLED)) {
            on.add(RETURN_PATH);
            if (there.map(peer -> peer.contains(SWITCHOVER_ACK)).orElse(false) && here.contains(SWITCHOVER_ACK)) {
                on.add(SWITCHOVER_ACK);
            }
        }
        if (side == Host.SOURCE && request.has(MigrationFlag.AUTO_CONVERGE)) {
            on.add(AUTO_CONVERGE);
        }
        for (MigrationCapability needed : on) {
            if (!here.contains(needed)) {
                throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.QEMU,
                        "Migration option '" + needed.qemuName() + "' is not supported by QEMU binary");
            }
        }
        return Capabilities.of(states(here, on));
    }

    /**
     * Decides for a source that nobody drives. The way back is open, so that the receiver's own word is what ends it.
     *
     * @param request how the guest is sent
     * @param here    what this host's QEMU has
     */
    static Capabilities unmanaged(MigrationRequest request, Set<MigrationCapability> here) {
        Set<MigrationCapability> on = EnumSet.of(RETURN_PATH);
        if (request.has(MigrationFlag.AUTO_CONVERGE)) {
            on.add(AUTO_CONVERGE);
        }
        return Capabilities.of(states(here, on));
    }

    /** All off but the events, as before the migration. */
    static Capabilities off(Set<MigrationCapability> here) {
        return Capabilities.of(states(here, Set.of()));
    }

    private static Map<MigrationCapability, Boolean> states(
            Set<MigrationCapability> here, Set<MigrationCapability> on) {
        Map<MigrationCapability, Boolean> states = new EnumMap<>(MigrationCapability.class);
        for (MigrationCapability capability : here) {
            states.put(capability, on.contains(capability));
        }
        // Every QEMU that this driver starts has it, and without it QEMU would never say that it is done.
        states.put(EVENTS, true);
        return states;
    }
}

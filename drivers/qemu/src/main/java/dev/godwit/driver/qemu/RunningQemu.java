package dev.godwit.driver.qemu;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.guest.Guest;
import dev.godwit.guest.GuestRegistry;

/** The QEMU of a guest. */
final class RunningQemu {

    private RunningQemu() {}

    /**
     * The QEMU of a guest.
     *
     * @throws VirtException 42 without such a guest, 55 when it does not run
     */
    static QemuMachine of(GuestRegistry registry, DomainRef ref) {
        Guest guest = registry.of(ref);
        return guest.machine()
                .filter(QemuMachine.class::isInstance)
                .map(QemuMachine.class::cast)
                .orElseThrow(() -> new VirtException(
                        ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running"));
    }
}

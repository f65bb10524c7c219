package dev.godwit.daemon.handlers;

import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.driver.MonitorAccess;
import dev.godwit.wire.remote.QemuProcedures;

/** What only QEMU has: its monitor. */
final class QemuHandlers {

    private static final int HUMAN = 1;

    void addTo(Handlers handlers) {
        handlers.on(QemuProcedures.MONITOR_COMMAND, (session, args) -> {
            int flags = session.checkFlags(QemuProcedures.MONITOR_COMMAND, args.flags(), HUMAN);
            return new QemuProcedures.MonitorCommandRet(session.facet(MonitorAccess.class)
                    .command(WireForms.ref(args.dom()), args.cmd(), (flags & HUMAN) != 0));
        });
    }
}

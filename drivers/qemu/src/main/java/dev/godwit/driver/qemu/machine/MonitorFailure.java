package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.qmp.QmpException;

/** What a failure on the monitor is to those who know nothing of monitors. */
public final class MonitorFailure {

    private MonitorFailure() {}

    /**
     * The error for a failure.
     *
     * @param failure what happened on the monitor
     * @return 1/10 with libvirt's words, 68/10 when QEMU did not answer in time, 78/10 when the call was interrupted
     */
    public static VirtException of(QmpException failure) {
        ErrorCode code = switch (failure) {
            case QmpException.TimedOut _ -> ErrorCode.OPERATION_TIMEOUT;
            case QmpException.Interrupted _ -> ErrorCode.OPERATION_ABORTED;
            case QmpException.Refused _, QmpException.Disconnected _, QmpException.Garbled _ ->
                    ErrorCode.INTERNAL_ERROR;
        };
        return new VirtException(code, ErrorDomain.QEMU, failure.getMessage(), failure);
    }
}

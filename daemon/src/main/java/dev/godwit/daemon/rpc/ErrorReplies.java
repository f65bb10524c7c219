package dev.godwit.daemon.rpc;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.wire.remote.RemoteError;

/** Turns whatever a handler throws into what the client is told. The one place where that happens. */
final class ErrorReplies {

    private static final System.Logger LOG = System.getLogger(ErrorReplies.class.getName());
    private static final int LONGEST = 1 << 20;

    private ErrorReplies() {}

    /**
     * The error for a failure.
     *
     * @param what    what was being done, for the log
     * @param failure an answer, or a mistake of ours, which is logged and told as an internal error
     * @return never without a message
     */
    static RemoteError of(Object what, Throwable failure) {
        if (failure instanceof VirtException answer) {
            LOG.log(System.Logger.Level.DEBUG, () -> what + " was refused: " + answer.getMessage());
            String message = answer.getMessage();
            return RemoteError.of(answer.codeNumber(), answer.domainNumber(),
                    message.length() > LONGEST ? message.substring(0, LONGEST) : message);
        }
        LOG.log(System.Logger.Level.ERROR, "A mistake in godwitd in " + what, failure);
        return RemoteError.of(ErrorCode.INTERNAL_ERROR.number(), ErrorDomain.NONE.number(),
                ErrorCode.INTERNAL_ERROR.message("a mistake in godwitd in " + what + " (" + failure
                        + "); its log says more"));
    }

    /** An error of the protocol itself: code 39, domain 7, text as it is. */
    static RemoteError protocol(String message) {
        return RemoteError.of(ErrorCode.RPC.number(), ErrorDomain.RPC.number(), message);
    }
}

package dev.godwit.client;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.Optional;
import java.util.function.Supplier;

/** What hosts say when they cannot do something at all, as opposed to not now. */
final class Refusals {

    private static final String UNKNOWN_PROCEDURE = "unknown procedure";
    private static final String UNKNOWN_PROGRAM = "Cannot find program";

    private Refusals() {}

    /**
     * An older host says {@code RPC} and "unknown procedure: N" for a call it does not have, and "Cannot find program N
     * version V" for one of a whole program that it does not have. Callers want to hear {@code NO_SUPPORT}, as from a
     * host that has the call and not the feature.
     */
    static VirtException translated(int code, int domain, String message, String apiName) {
        boolean unknown = code == ErrorCode.RPC.number()
                && (domain == ErrorDomain.RPC.number() || domain == ErrorDomain.REMOTE.number())
                && (message.startsWith(UNKNOWN_PROCEDURE) || message.startsWith(UNKNOWN_PROGRAM));
        return unknown
                ? new VirtException(ErrorCode.NO_SUPPORT, ErrorDomain.REMOTE, apiName)
                : VirtException.received(code, domain, message);
    }

    /** What a call answers, or nothing where the host does not have it. */
    static <T> Optional<T> unlessUnsupported(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_SUPPORT)) {
                return Optional.empty();
            }
            throw e;
        }
    }
}

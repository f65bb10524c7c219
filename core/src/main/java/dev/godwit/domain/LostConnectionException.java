package dev.godwit.domain;

/**
 * The connection to a host ended before its answer came: silence, not refusal.
 *
 * <p>The one error that means something to the migration protocol: after {@code FINISH} it is doubt.
 */
public final class LostConnectionException extends VirtException {

    /**
     * A lost connection.
     *
     * @param host  the host that does not answer
     * @param why   how the connection ended, as one sentence without the host
     * @param cause the I/O error, or null
     */
    public LostConnectionException(String host, String why, Throwable cause) {
        super(ErrorCode.INTERNAL_ERROR.number(), ErrorDomain.RPC.number(),
                ErrorCode.INTERNAL_ERROR.message(why), host, cause);
    }

    @Override
    public VirtException at(String name) {
        return this;
    }
}

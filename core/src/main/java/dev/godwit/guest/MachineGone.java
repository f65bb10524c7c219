package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;

/**
 * A machine could not be told to do something because it had gone before it began: so it has certainly not done it. Error 55, "domain
 * is not running".
 *
 * <p>One that may have begun fails with another error, because nobody knows what it still did.
 */
public final class MachineGone extends VirtException {

    private static final long serialVersionUID = 1L;

    /** It had gone. */
    public MachineGone() {
        super(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running");
    }

    /**
     * It had gone.
     *
     * @param cause how that was noticed
     */
    public MachineGone(Throwable cause) {
        super(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain is not running", cause);
    }
}

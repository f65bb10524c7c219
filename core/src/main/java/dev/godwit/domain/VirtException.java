package dev.godwit.domain;

import java.util.Optional;

/**
 * A call that could not be carried out.
 *
 * <p>Carries the field's numbers for what failed and where, so that a stock peer understands it, and
 * the host it happened on when that is known. A migration that did not succeed is not an exception
 * but a {@code MigrationOutcome}.
 */
public class VirtException extends RuntimeException {

    private final int codeNumber;
    private final int domainNumber;
    private final String host;

    /**
     * An error whose text is made from its code's template.
     *
     * @param code   what failed
     * @param domain the subsystem it failed in
     * @param detail what is particular to this failure; goes into the code's template
     */
    public VirtException(ErrorCode code, ErrorDomain domain, String detail) {
        this(code.number(), domain.number(), code.message(detail), null, null);
    }

    /**
     * An error whose text is made from its code's template, with a cause.
     *
     * @param code   what failed
     * @param domain the subsystem it failed in
     * @param detail what is particular to this failure; goes into the code's template
     * @param cause  what made it fail; its text is not repeated in the detail
     */
    public VirtException(ErrorCode code, ErrorDomain domain, String detail, Throwable cause) {
        this(code.number(), domain.number(), code.message(detail), null, cause);
    }

    /**
     * An error with its text as it is, as a peer sent it.
     *
     * @param codeNumber   what failed, possibly a number unknown here
     * @param domainNumber the subsystem, possibly a number unknown here
     * @param message      the finished text
     * @param host         the host it happened on, or null when not known
     * @param cause        what made it fail, or null
     */
    protected VirtException(int codeNumber, int domainNumber, String message, String host, Throwable cause) {
        super(message, cause);
        this.codeNumber = codeNumber;
        this.domainNumber = domainNumber;
        this.host = host;
    }

    /**
     * An error with its text as it is, without a template.
     *
     * @param code    what failed
     * @param domain  the subsystem it failed in
     * @param message the finished text
     * @return the error
     */
    public static VirtException raw(ErrorCode code, ErrorDomain domain, String message) {
        return new VirtException(code.number(), domain.number(), message, null, null);
    }

    /**
     * An error as a peer sent it.
     *
     * @param codeNumber   what failed, possibly a number unknown here
     * @param domainNumber the subsystem, possibly a number unknown here
     * @param message      the finished text
     * @return the error
     */
    public static VirtException received(int codeNumber, int domainNumber, String message) {
        return new VirtException(codeNumber, domainNumber, message, null, null);
    }

    /**
     * The same error, with the host it happened on.
     *
     * @param name the host
     * @return a copy that names it; this error where it names one already
     */
    public VirtException at(String name) {
        if (host != null) {
            return this;
        }
        VirtException copy = new VirtException(codeNumber, domainNumber, getMessage(), name, getCause());
        copy.setStackTrace(getStackTrace());
        return copy;
    }

    /** What failed; empty when a peer sent a number this release does not know. */
    public Optional<ErrorCode> code() {
        return ErrorCode.of(codeNumber);
    }

    /** Whether this error has a code. */
    public boolean is(ErrorCode code) {
        return code.number() == codeNumber;
    }

    /** What failed, as on the wire. */
    public int codeNumber() {
        return codeNumber;
    }

    /** The subsystem it failed in, as on the wire. */
    public int domainNumber() {
        return domainNumber;
    }

    /** The host it happened on, where known. */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }
}

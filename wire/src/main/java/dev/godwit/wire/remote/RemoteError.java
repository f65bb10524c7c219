package dev.godwit.wire.remote;

import java.util.Optional;

/**
 * What a server says instead of an answer, or when a stream breaks. Clients go by {@code code},
 * {@code domain} and {@code message}.
 *
 * @param code    what went wrong, libvirt's {@code virErrorNumber}
 * @param domain  the part of the daemon that says so, libvirt's {@code virErrorDomain}
 * @param message the finished text
 * @param level   1 warning, 2 error
 * @param dom     always absent from stock daemons
 * @param str1    the message's template, or the message itself
 * @param str2    the detail that was put into the template
 * @param str3    always absent from stock daemons
 * @param int1    an {@code errno} in some system errors, otherwise -1
 * @param int2    -1
 * @param net     always absent from stock daemons
 */
public record RemoteError(int code, int domain, Optional<String> message, int level, Optional<NonnullDomain> dom,
                          Optional<String> str1, Optional<String> str2, Optional<String> str3,
                          int int1, int int2, Optional<NonnullNetwork> net) {

    /** The level of an error, the only one that crosses the wire. */
    public static final int LEVEL_ERROR = 2;

    /**
     * An error with a finished text.
     *
     * @param code    its number
     * @param domain  its origin's number
     * @param message the text
     * @return the error
     */
    public static RemoteError of(int code, int domain, String message) {
        return new RemoteError(code, domain, Optional.of(message), LEVEL_ERROR, Optional.empty(),
                Optional.of(message), Optional.empty(), Optional.empty(), -1, -1, Optional.empty());
    }

    /**
     * The text for people.
     *
     * @return the message, or the bare numbers where there is none
     */
    public String text() {
        return message.orElseGet(() -> "error " + code + " in domain " + domain);
    }
}

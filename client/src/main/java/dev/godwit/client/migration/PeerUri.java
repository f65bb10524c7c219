package dev.godwit.client.migration;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The connection URI of a destination as its source is to use it. */
public final class PeerUri {

    /** The schemes of hypervisors' own migration URIs. */
    private static final Set<String> NATIVE = Set.of("tcp", "unix", "tls", "rdma", "fd", "exec", "xenmigr");

    /** As the migration page has it once: {@code qemu+tls:/desthost/system}. */
    private static final Pattern ONE_SLASH = Pattern.compile("([^:/]+\\+[^:/]+):/([^/].*)");

    private PeerUri() {}

    /**
     * Tells a connection URI from a hypervisor's migration URI, by its form.
     *
     * @param text a URI
     * @return true for {@code qemu+tls://kvm7/system}, false for {@code tcp://10.0.0.1} and {@code tcp:10.0.0.1}
     */
    public static boolean isInLibvirtForm(String text) {
        int colon = text.indexOf(':');
        return colon > 0 && !NATIVE.contains(text.substring(0, colon).toLowerCase(Locale.ROOT));
    }

    /**
     * Reads one.
     *
     * @param text such as {@code qemu+tls://kvm7/system}
     * @return the URI
     * @throws VirtException 8 if it cannot be read, or leads the source to itself: no host, or one that begins with
     *                       "localhost", unless it names a Unix socket, whose author knows what he does
     */
    public static ConnectUri parse(String text) {
        ConnectUri uri = ConnectUri.parse(text);
        Matcher slip = ONE_SLASH.matcher(text);
        if (uri.host().isEmpty() && slip.matches()) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI, "Unable to parse URI " + text
                    + ": it names no host; write " + slip.group(1) + "://" + slip.group(2));
        }
        boolean itself = uri.host()
                .map(host -> host.startsWith("localhost"))
                .orElseGet(() -> uri.effectiveTransport() != ConnectUri.Transport.UNIX
                        || uri.parameter("socket").isEmpty());
        if (itself) {
            throw VirtException.raw(ErrorCode.INVALID_ARG, ErrorDomain.DOM, "Attempt to migrate guest to the same host");
        }
        return uri;
    }
}

package dev.godwit.client;

import dev.godwit.client.dial.TcpDialer;
import dev.godwit.client.dial.TlsDialer;
import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.pki.Credentials;
import dev.godwit.pki.PkiException;
import dev.godwit.pki.PkiFiles;
import dev.godwit.pki.Role;
import dev.godwit.pki.TlsPriority;
import dev.godwit.pki.TlsSettings;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/** What a {@code qemu+tls} URI says about certificates: the parameters, files and rules of stock clients. */
final class TlsReach {

    private static final int TLS_PORT = 16514;

    private TlsReach() {}

    /**
     * A dialer for a URI.
     *
     * @param uri  whose transport is TLS
     * @param root whether this process is root
     * @param home the user's home
     * @return the dialer
     * @throws VirtException if a file cannot be used or a parameter is not understood
     */
    static TlsDialer dialer(ConnectUri uri, boolean root, Path home) {
        String host = uri.host().orElse("localhost");
        boolean verify = !isSet(uri, "no_verify");
        boolean sanity = !isSet(uri, "no_sanity");
        InstantSource clock = InstantSource.system();
        try {
            Optional<Path> folder = uri.parameter("pkipath").map(Path::of);
            Credentials credentials =
                    Credentials.read(Role.CLIENT, PkiFiles.client(folder, root, home), sanity, clock);
            Optional<String> priority = uri.parameter("tls_priority");
            TlsSettings settings = TlsSettings.of(Role.CLIENT, credentials,
                    priority.isPresent() ? TlsPriority.parse(priority.get()) : TlsPriority.NORMAL, Optional.empty());
            return new TlsDialer(new TcpDialer(host, uri.port().orElse(TLS_PORT)), settings, verify, TlsDialer.TIMEOUT,
                    clock);
        } catch (PkiException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.RPC, e.getMessage());
        }
    }

    /** Booleans of URIs are whole numbers; all but 0 are on. */
    private static boolean isSet(ConnectUri uri, String name) {
        Optional<String> value = uri.parameter(name);
        try {
            return value.isPresent() && Integer.parseInt(value.get()) != 0;
        } catch (NumberFormatException e) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                    "Failed to parse value of URI component " + name);
        }
    }
}

package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What the host's configuration says about QEMU's own TLS, under the names and with the defaults of {@code qemu.conf}.
 *
 * <pre>
 *   the folder     migrate_tls_x509_cert_dir, else /etc/pki/libvirt-migrate where there is one,
 *                  else default_tls_x509_cert_dir, else /etc/pki/qemu
 *   it holds       ca-cert.pem; a receiver needs server-cert.pem and server-key.pem, and a sender
 *                  client-cert.pem and client-key.pem where the receiver asks for them
 * </pre>
 *
 * @param forced       whether a guest may be sent or received in clear by nobody ({@code migrate_tls_force})
 * @param folder       where the certificates are; empty when neither a folder was named nor the usual one is there
 * @param verify       whether a sender has to show a certificate ({@code migrate_tls_x509_verify})
 * @param passwordFile a file with the password of the encrypted keys ({@code migrate_tls_x509_password_file})
 */
record QemuTlsSetting(boolean forced, Optional<Path> folder, boolean verify, Optional<Path> passwordFile) {

    private static final Path FOR_MIGRATION = Path.of("/etc/pki/libvirt-migrate");
    private static final Path FOR_ALL = Path.of("/etc/pki/qemu");

    /**
     * Reads the driver's part of a configuration, and looks for the folders.
     *
     * @param options by key
     * @throws VirtException 67 for a folder that was named and is not there, or a key of which this release can make nothing
     */
    static QemuTlsSetting of(Map<String, String> options) {
        return of(options, Files::isDirectory);
    }

    /**
     * Reads the driver's part of a configuration.
     *
     * @param options  by key
     * @param isFolder whether a folder is there
     */
    static QemuTlsSetting of(Map<String, String> options, Predicate<Path> isFolder) {
        for (String key : new String[] {"migrate_tls_x509_secret_uuid", "default_tls_x509_secret_uuid"}) {
            if (text(options, key).isPresent()) {
                throw unsupported(key + " cannot be used, because this release keeps no secrets; write the password of the keys"
                        + " into a file that only root can read and name it in migrate_tls_x509_password_file");
            }
        }
        Optional<Path> forAll = named(options, "default_tls_x509_cert_dir", isFolder)
                .or(() -> Optional.of(FOR_ALL).filter(isFolder));
        Optional<Path> folder = named(options, "migrate_tls_x509_cert_dir", isFolder)
                .or(() -> Optional.of(FOR_MIGRATION).filter(isFolder))
                .or(() -> forAll);
        boolean verify = flag(options, "migrate_tls_x509_verify")
                .or(() -> flag(options, "default_tls_x509_verify"))
                .orElse(true);
        return new QemuTlsSetting(flag(options, "migrate_tls_force").orElse(false), folder, verify,
                text(options, "migrate_tls_x509_password_file").map(Path::of));
    }

    private static Optional<Path> named(Map<String, String> options, String key, Predicate<Path> isFolder) {
        Optional<Path> folder = text(options, key).map(Path::of);
        folder.filter(isFolder.negate()).ifPresent(missing -> {
            throw unsupported(key + " directory '" + missing + "' does not exist");
        });
        return folder;
    }

    private static Optional<Boolean> flag(Map<String, String> options, String key) {
        return text(options, key).map(value -> value.equals("1"));
    }

    private static Optional<String> text(Map<String, String> options, String key) {
        return Optional.ofNullable(options.get(key)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private static VirtException unsupported(String what) {
        return new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU, what);
    }
}

package dev.godwit.pki;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where one side has its certificates and keys.
 *
 * @param authorities the certificates of those whose signature is trusted
 * @param revocations what they have revoked; need not exist
 * @param certificate its own certificate, and those between it and an authority
 * @param key         the certificate's private key
 */
public record PkiFiles(Path authorities, Path revocations, Path certificate, Path key) {

    /** Where administrators keep such files on every libvirt host. */
    public static final Path SYSTEM = Path.of("/etc/pki");

    /**
     * The files of the whole machine: {@code CA/cacert.pem}, {@code CA/cacrl.pem}, {@code libvirt/servercert.pem} and
     * {@code libvirt/private/serverkey.pem}, or {@code client} for {@code server}.
     *
     * @param role whose
     * @param root {@link #SYSTEM}
     */
    public static PkiFiles system(Role role, Path root) {
        return new PkiFiles(root.resolve("CA/cacert.pem"), root.resolve("CA/cacrl.pem"),
                root.resolve("libvirt/" + role.word() + "cert.pem"),
                root.resolve("libvirt/private/" + role.word() + "key.pem"));
    }

    /**
     * Files that lie in one folder: {@code cacert.pem}, {@code cacrl.pem}, {@code clientcert.pem},
     * {@code clientkey.pem}.
     *
     * @param role   whose
     * @param folder as in a URI's {@code pkipath}
     */
    public static PkiFiles folder(Role role, Path folder) {
        return new PkiFiles(folder.resolve("cacert.pem"), folder.resolve("cacrl.pem"),
                folder.resolve(role.word() + "cert.pem"), folder.resolve(role.word() + "key.pem"));
    }

    /**
     * The files of a client, where stock clients look: those in {@code pkipath}, whether there or not; for root the
     * machine's; for others each file in {@code ~/.pki/libvirt} that is there, certificate and key together, and the
     * machine's for the rest.
     *
     * @param pkipath the URI's
     * @param root    whether this process is root
     * @param home    the user's home
     */
    public static PkiFiles client(Optional<Path> pkipath, boolean root, Path home) {
        if (pkipath.isPresent()) {
            return folder(Role.CLIENT, pkipath.get());
        }
        PkiFiles system = system(Role.CLIENT, SYSTEM);
        if (root) {
            return system;
        }
        PkiFiles own = folder(Role.CLIENT, home.resolve(".pki/libvirt"));
        boolean pair = Files.exists(own.certificate) && Files.exists(own.key);
        return new PkiFiles(
                Files.exists(own.authorities) ? own.authorities : system.authorities,
                Files.exists(own.revocations) ? own.revocations : system.revocations,
                pair ? own.certificate : system.certificate, pair ? own.key : system.key);
    }
}

package dev.godwit.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CRLException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.security.auth.x500.X500Principal;

/**
 * A certificate authority for the hosts of one administrator, in a folder:
 *
 * <pre>
 *   CA/cacert.pem           goes to every host and client
 *   CA/private/cakey.pem    stays here
 *   CA/cacrl.pem            what was revoked; goes to every host
 * </pre>
 *
 * <p>Keys are RSA with 3072 bits: GnuTLS cannot read keys on elliptic curves as the JDK writes them. Files that are there
 * are never overwritten, but for the revocation list, which grows. Keys can be read by their owner alone.
 */
public final class CertificateAuthority {

    /** How long the authority's own certificate is valid. */
    public static final Duration AUTHORITY_VALIDITY = Duration.ofDays(3650);
    /** How long other certificates are valid, unless asked for otherwise. */
    public static final Duration VALIDITY = Duration.ofDays(825);
    private static final Duration REVOCATION_VALIDITY = Duration.ofDays(365);
    /** Clocks of hosts differ. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);
    private static final int KEY_BITS = 3072;
    private static final int SERIAL_BITS = 127;

    private final Path folder;
    private final X509Certificate certificate;
    private final PrivateKey key;
    private final InstantSource clock;
    private final SecureRandom random;

    private CertificateAuthority(
            Path folder, X509Certificate certificate, PrivateKey key, InstantSource clock, SecureRandom random) {
        this.folder = folder;
        this.certificate = certificate;
        this.key = key;
        this.clock = clock;
        this.random = random;
    }

    /**
     * Makes a new authority.
     *
     * @param folder where, made if it is not there
     * @param name   its common name
     * @param clock  wall-clock time
     * @param random for keys and numbers
     * @return the authority
     * @throws PkiException if one is there already, or files cannot be written
     */
    public static CertificateAuthority init(Path folder, String name, InstantSource clock, SecureRandom random)
            throws PkiException {
        refuseExisting(List.of(certificateFile(folder), keyFile(folder)));
        KeyPair pair = pair(random);
        X500Principal subject = principal(name);
        Instant now = clock.instant();
        X509Certificate certificate = new CertificateBuilder(subject, pair.getPublic(), serial(random),
                now.minus(CLOCK_SKEW), now.plus(AUTHORITY_VALIDITY))
                .authority().sign(subject, pair.getPublic(), pair.getPrivate());
        write(keyFile(folder), keyText(pair.getPrivate()), true);
        write(certificateFile(folder), text(List.of(certificate)), false);
        return new CertificateAuthority(folder, certificate, pair.getPrivate(), clock, random);
    }

    /**
     * An authority that was made before.
     *
     * @param folder where it is
     * @param clock  wall-clock time
     * @param random for keys and numbers
     * @return the authority
     * @throws PkiException if there is none, or it cannot sign any more
     */
    public static CertificateAuthority open(Path folder, InstantSource clock, SecureRandom random)
            throws PkiException {
        if (!Files.exists(keyFile(folder))) {
            throw new PkiException("There is no certificate authority in " + folder + ": " + keyFile(folder)
                    + " is not there; make one with godwit pki init");
        }
        List<X509Certificate> chain = Pem.certificates(certificateFile(folder));
        PrivateKey key = Pem.privateKey(keyFile(folder));
        PkiFiles files = new PkiFiles(certificateFile(folder), crlFile(folder), certificateFile(folder),
                keyFile(folder));
        KeyMatch.check(new Credentials.Own(chain, key), files);
        new CertificateCheck(clock).authority(chain.getFirst(), certificateFile(folder).toString());
        return new CertificateAuthority(folder, chain.getFirst(), key, clock, random);
    }

    private static Path certificateFile(Path folder) {
        return folder.resolve("CA/cacert.pem");
    }

    private static Path keyFile(Path folder) {
        return folder.resolve("CA/private/cakey.pem");
    }

    private static Path crlFile(Path folder) {
        return folder.resolve("CA/cacrl.pem");
    }

    /** The authority's own certificate. */
    public X509Certificate certificate() {
        return certificate;
    }

    /**
     * Makes what a host needs, in the layout of {@code /etc/pki}: for its daemon when that is called, for its daemon when
     * that calls another (peer to peer), and for QEMU's own TLS.
     *
     * @param name     the host's name, its certificates' common name
     * @param others   more names and addresses by which it is called
     * @param validity how long the certificates are valid
     * @param out      the root of the layout
     * @return the files that were written
     * @throws PkiException if one of them is there already, or cannot be written
     */
    public List<Path> host(String name, Collection<String> others, Duration validity, Path out) throws PkiException {
        Set<String> names = new LinkedHashSet<>();
        names.add(name);
        names.addAll(others);
        Path[] server = {out.resolve("libvirt/servercert.pem"), out.resolve("libvirt/private/serverkey.pem"),
            out.resolve("qemu/server-cert.pem"), out.resolve("qemu/server-key.pem")};
        Path[] client = {out.resolve("libvirt/clientcert.pem"), out.resolve("libvirt/private/clientkey.pem"),
            out.resolve("qemu/client-cert.pem"), out.resolve("qemu/client-key.pem")};
        Path forQemu = out.resolve("qemu/ca-cert.pem");
        List<Path> files = new ArrayList<>(List.of(server));
        files.addAll(List.of(client));
        files.add(forQemu);
        refuseExisting(files);
        issue(name, names, Role.SERVER, validity, server);
        issue(name, names, Role.CLIENT, validity, client);
        write(forQemu, text(List.of(certificate)), false);
        files.addAll(authorityFiles(out.resolve("CA")));
        return files;
    }

    /**
     * Makes what a person or a program needs that calls hosts, all in one folder: {@code cacert.pem},
     * {@code clientcert.pem}, {@code clientkey.pem}.
     *
     * @param name     the certificate's common name
     * @param validity how long the certificate is valid
     * @param out      the folder, fit for {@code pkipath=} and {@code ~/.pki/libvirt}
     * @return the files that were written
     * @throws PkiException if one of them is there already, or cannot be written
     */
    public List<Path> client(String name, Duration validity, Path out) throws PkiException {
        Path[] files = {out.resolve("clientcert.pem"), out.resolve("clientkey.pem")};
        refuseExisting(List.of(files));
        issue(name, List.of(), Role.CLIENT, validity, files);
        List<Path> written = new ArrayList<>(List.of(files));
        written.addAll(authorityFiles(out));
        return written;
    }

    /** The authority's certificate and list, where they are not there yet. */
    private List<Path> authorityFiles(Path out) throws PkiException {
        List<Path> written = new ArrayList<>();
        Path ours = out.resolve("cacert.pem");
        if (!Files.exists(ours)) {
            write(ours, text(List.of(certificate)), false);
            written.add(ours);
        } else if (!Pem.certificates(ours).contains(certificate)) {
            throw new PkiException(ours + " is there and is of another certificate authority; append "
                    + certificateFile(folder) + " to it, so that both are trusted");
        }
        Path list = out.resolve("cacrl.pem");
        if (Files.exists(crlFile(folder)) && !Files.exists(list)) {
            write(list, text("X509 CRL", encoded(Pem.revocations(crlFile(folder)).getFirst())), false);
            written.add(list);
        }
        return written;
    }

    /** Writes a certificate and its key, then the same again where QEMU wants them. */
    private void issue(String name, Collection<String> names, Role role, Duration validity, Path... files)
            throws PkiException {
        KeyPair pair = pair(random);
        Instant now = clock.instant();
        Instant end = now.plus(validity);
        Instant last = certificate.getNotAfter().toInstant();
        X509Certificate made = new CertificateBuilder(principal(name), pair.getPublic(), serial(random),
                now.minus(CLOCK_SKEW), end.isAfter(last) ? last : end)
                .roles(List.of(role)).names(names)
                .sign(certificate.getSubjectX500Principal(), certificate.getPublicKey(), key);
        for (int i = 0; i < files.length; i += 2) {
            write(files[i + 1], keyText(pair.getPrivate()), true);
            write(files[i], text(List.of(made)), false);
        }
    }

    /**
     * Revokes a certificate. Takes effect at a host when it has the new {@code CA/cacrl.pem} and its daemon has read it.
     *
     * @param revoked one of this authority's
     * @return the list
     * @throws PkiException if it is another's, or the list cannot be written
     */
    public Path revoke(X509Certificate revoked) throws PkiException {
        if (!revoked.getIssuerX500Principal().equals(certificate.getSubjectX500Principal())) {
            throw new PkiException("The certificate is signed by " + DistinguishedName.of(
                    revoked.getIssuerX500Principal()) + " and not by the authority in " + folder);
        }
        Map<BigInteger, Instant> all = new TreeMap<>();
        if (Files.exists(crlFile(folder))) {
            for (X509CRL list : Pem.revocations(crlFile(folder))) {
                Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
                if (entries != null) {
                    entries.forEach(e -> all.put(e.getSerialNumber(), e.getRevocationDate().toInstant()));
                }
            }
        }
        Instant now = clock.instant();
        all.putIfAbsent(revoked.getSerialNumber(), now);
        X509CRL list = CertificateBuilder.revocations(certificate.getSubjectX500Principal(), certificate.getPublicKey(),
                key, BigInteger.valueOf(now.toEpochMilli()), now, now.plus(REVOCATION_VALIDITY), all);
        Path file = crlFile(folder);
        Path next = file.resolveSibling("cacrl.pem.new");
        try {
            Files.deleteIfExists(next);
            write(next, text("X509 CRL", encoded(list)), false);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (PkiException e) {
            throw e;
        } catch (IOException e) {
            throw new PkiException("Cannot write " + file + ": " + e.getMessage(), e);
        }
        return file;
    }

    private static X500Principal principal(String name) throws PkiException {
        try {
            return name.indexOf('=') > 0 ? new X500Principal(name)
                    : new X500Principal(Der.sequence(Der.value(Der.SET,
                            Der.sequence(Der.oid("2.5.4.3"), Der.utf8(name)))));
        } catch (IllegalArgumentException e) {
            throw new PkiException("'" + name + "' is no name for a certificate; write kvm7.example.org, or"
                    + " CN=kvm7.example.org,O=Example,C=DE", e);
        }
    }

    private static KeyPair pair(SecureRandom random) throws PkiException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(KEY_BITS, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new PkiException("No RSA key can be made: " + e.getMessage(), e);
        }
    }

    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE);
    }

    private static String keyText(PrivateKey key) {
        return Pem.text("PRIVATE KEY", key.getEncoded());
    }

    private static String text(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        for (X509Certificate certificate : certificates) {
            try {
                text.append(Pem.text("CERTIFICATE", certificate.getEncoded()));
            } catch (CertificateEncodingException e) {
                throw new IllegalStateException(e);
            }
        }
        return text.toString();
    }

    private static String text(String type, byte[] bytes) {
        return Pem.text(type, bytes);
    }

    private static byte[] encoded(X509CRL list) {
        try {
            return list.getEncoded();
        } catch (CRLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void refuseExisting(List<Path> files) throws PkiException {
        for (Path file : files) {
            if (Files.exists(file)) {
                throw new PkiException(file + " is there already and is not overwritten; move it away first, or name"
                        + " another folder");
            }
        }
    }

    private static void write(Path file, String text, boolean secret) throws PkiException {
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (!Files.isDirectory(parent)) {
                Files.createDirectories(parent.getParent());
                Files.createDirectory(parent, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(
                        parent.endsWith("private") ? "rwx------" : "rwxr-xr-x")));
            }
            Files.createFile(file, PosixFilePermissions.asFileAttribute(
                    PosixFilePermissions.fromString(secret ? "rw-------" : "rw-r--r--")));
            Files.writeString(file, text, StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new PkiException(file + " is there already and is not overwritten", e);
        } catch (IOException e) {
            throw new PkiException("Cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}

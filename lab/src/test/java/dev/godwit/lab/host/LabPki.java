package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A certificate authority made with {@code openssl}, so that neither Godwit's nor GnuTLS's idea of a
 * certificate checks itself.
 */
public final class LabPki {

    private static final String CONFIGURATION = """
            [ca]
            default_ca = lab
            [lab]
            dir = %1$s
            database = %1$s/index.txt
            new_certs_dir = %1$s/issued
            serial = %1$s/serial
            crlnumber = %1$s/crlnumber
            certificate = %1$s/ca.pem
            private_key = %1$s/ca-key.pem
            default_md = sha256
            default_days = 365
            default_crl_days = 30
            policy = any
            unique_subject = no
            [any]
            commonName = supplied
            organizationName = optional
            [req]
            distinguished_name = none
            [none]
            """;

    private final Path folder;

    /**
     * A certificate to make.
     *
     * @param commonName the subject's common name
     * @param alternatives host names and addresses it stands for
     * @param lifetime first and last second, as YYYYMMDDHHMMSSZ; from now on for a year when absent
     */
    public record Wish(String commonName, List<String> alternatives, Optional<Lifetime> lifetime) {

        /**
         * The usual: from now on for a year.
         *
         * @param name common name and host name
         * @return a wish
         */
        public static Wish named(String name) {
            return new Wish(name, List.of(name), Optional.empty());
        }

        /**
         * For more names or addresses.
         *
         * @param more host names, IPv4 and IPv6 addresses
         * @return a wish
         */
        public Wish alsoFor(String... more) {
            List<String> all = new ArrayList<>(alternatives);
            all.addAll(List.of(more));
            return new Wish(commonName, all, lifetime);
        }

        /**
         * A certificate that was good in the year 2020.
         *
         * @return a wish
         */
        public Wish expired() {
            return new Wish(commonName, alternatives, Optional.of(new Lifetime("20200101000000Z", "20201231235959Z")));
        }

        private String extensions() {
            StringBuilder names = new StringBuilder();
            for (String alternative : alternatives) {
                names.append(names.isEmpty() ? "" : ",").append(isAddress(alternative) ? "IP:" : "DNS:").append(alternative);
            }
            return """
                    basicConstraints = critical,CA:FALSE
                    keyUsage = critical,digitalSignature,keyEncipherment
                    extendedKeyUsage = serverAuth,clientAuth
                    subjectAltName = %s
                    """.formatted(names);
        }

        private static boolean isAddress(String text) {
            return text.contains(":") || text.matches("[0-9.]+");
        }
    }

    /**
     * From when to when.
     *
     * @param from YYYYMMDDHHMMSSZ
     * @param to YYYYMMDDHHMMSSZ
     */
    public record Lifetime(String from, String to) {}

    /**
     * A certificate with its key.
     *
     * @param certificate the file
     * @param key the file
     * @param authority the certificate of the one who signed
     */
    public record Identity(Path certificate, Path key, Path authority) {

        /**
         * Fills a folder that stands for {@code /etc/pki}: for connections both ways, and for QEMU.
         *
         * @param pki the folder
         */
        public void layOut(Path pki) {
            put(authority, pki.resolve("CA/cacert.pem"));
            for (String side : List.of("server", "client")) {
                put(certificate, pki.resolve("libvirt/" + side + "cert.pem"));
                put(key, pki.resolve("libvirt/private/" + side + "key.pem"));
                put(certificate, pki.resolve("qemu/" + side + "-cert.pem"));
                put(key, pki.resolve("qemu/" + side + "-key.pem"));
            }
            put(authority, pki.resolve("qemu/ca-cert.pem"));
        }

        /**
         * Fills a folder as the URI parameter {@code pkipath} has it.
         *
         * @param pkipath the folder
         */
        public void layOutFlat(Path pkipath) {
            put(authority, pkipath.resolve("cacert.pem"));
            put(certificate, pkipath.resolve("clientcert.pem"));
            put(key, pkipath.resolve("clientkey.pem"));
        }
    }

    LabPki(Path folder, String name) {
        this.folder = folder;
        try {
            Files.createDirectories(folder.resolve("issued"));
            Files.writeString(folder.resolve("index.txt"), "");
            Files.writeString(folder.resolve("serial"), "1000\n");
            Files.writeString(folder.resolve("crlnumber"), "1000\n");
            Files.writeString(folder.resolve("ca.cnf"), CONFIGURATION.formatted(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        key(folder.resolve("ca-key.pem"));
        openssl("req", "-x509", "-new", "-key", file("ca-key.pem"), "-subj", "/CN=" + name, "-days", "3650",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign",
                "-out", file("ca.pem"), "-config", file("ca.cnf"));
    }

    /**
     * Signs a certificate.
     *
     * @param wish what is to stand in it
     * @return the certificate and its key
     */
    public synchronized Identity issue(Wish wish) {
        try {
            Path work = Files.createTempDirectory(folder, "id");
            Path key = work.resolve("key.pem");
            key(key);
            openssl("req", "-new", "-key", key.toString(), "-subj", "/CN=" + wish.commonName(),
                    "-out", work.resolve("csr.pem").toString(), "-config", file("ca.cnf"));
            Path extensions = Files.writeString(work.resolve("extensions"), wish.extensions());
            List<String> words = new ArrayList<>(List.of("ca", "-batch", "-notext", "-config", file("ca.cnf"),
                    "-in", work.resolve("csr.pem").toString(), "-out", work.resolve("cert.pem").toString(),
                    "-extfile", extensions.toString()));
            wish.lifetime().ifPresent(life -> words.addAll(List.of("-startdate", life.from(), "-enddate", life.to())));
            openssl(words.toArray(String[]::new));
            return new Identity(work.resolve("cert.pem"), key, folder.resolve("ca.pem"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Revokes a certificate.
     *
     * @param identity what this authority issued
     * @return the list of all revoked ones
     */
    public synchronized Path revoke(Identity identity) {
        openssl("ca", "-batch", "-config", file("ca.cnf"), "-revoke", identity.certificate().toString());
        openssl("ca", "-batch", "-config", file("ca.cnf"), "-gencrl", "-out", file("crl.pem"));
        return folder.resolve("crl.pem");
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private static void key(Path file) {
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", file.toString());
    }

    private static void openssl(String... words) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(words));
        Commands.run(Duration.ofSeconds(30), Map.of(), command).expectSuccess();
    }

    /**
     * Puts a file in place of what was there, at once and never half, as an administrator's tools do it.
     *
     * @param from what is copied
     * @param to where to
     */
    public static void put(Path from, Path to) {
        try {
            Files.createDirectories(to.getParent());
            Path next = to.resolveSibling(to.getFileName() + ".new");
            Files.copy(from, next, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Files.move(next, to, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

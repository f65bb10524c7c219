package dev.godwit.driver.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Real certificates for QEMU, made by openssl: an authority, and folders with what a host needs. */
final class Certificates {

    private final Path base;

    Certificates(Path base) throws IOException {
        this.base = Files.createDirectories(base);
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority",
                "-addext", "basicConstraints=critical,CA:true", "-addext", "keyUsage=critical,keyCertSign",
                "-keyout", "ca-key.pem", "-out", "ca-cert.pem");
    }

    /** A folder with the authority's certificate, and one for each role: {@code server} or {@code client}. */
    Path folder(String name, String host, String... roles) throws IOException {
        return folder(name, host, List.of(), roles);
    }

    /** The same with keys that need a password. */
    Path withPassword(String name, String host, String password, String... roles) throws IOException {
        return folder(name, host, List.of("-aes256", "-passout", "pass:" + password), roles);
    }

    private Path folder(String name, String host, List<String> encryption, String... roles) throws IOException {
        Path folder = Files.createDirectories(base.resolve(name));
        Files.copy(base.resolve("ca-cert.pem"), folder.resolve("ca-cert.pem"), StandardCopyOption.REPLACE_EXISTING);
        for (String role : roles) {
            Path plain = base.resolve(name + "-" + role + ".key");
            Path request = base.resolve(name + "-" + role + ".csr");
            Path extensions = base.resolve(name + "-" + role + ".ext");
            String alternative = host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9') ? "IP:" : "DNS:";
            Files.writeString(extensions, "subjectAltName=" + alternative + host + "\nkeyUsage=critical,digitalSignature,"
                    + "keyEncipherment\nextendedKeyUsage=" + role + "Auth\nbasicConstraints=critical,CA:false\n");
            openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + host,
                    "-keyout", plain.toString(), "-out", request.toString());
            openssl("x509", "-req", "-in", request.toString(), "-CA", "ca-cert.pem", "-CAkey", "ca-key.pem",
                    "-CAcreateserial", "-days", "2", "-extfile", extensions.toString(),
                    "-out", folder.resolve(role + "-cert.pem").toString());
            List<String> key = new ArrayList<>(List.of("pkcs8", "-topk8", "-in", plain.toString(),
                    "-out", folder.resolve(role + "-key.pem").toString()));
            key.addAll(encryption.isEmpty() ? List.of("-nocrypt") : List.of("-v2", "aes256", encryption.get(1),
                    encryption.get(2)));
            openssl(key.toArray(String[]::new));
        }
        return folder;
    }

    private void openssl(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).directory(base.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException(command + ": " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }
}

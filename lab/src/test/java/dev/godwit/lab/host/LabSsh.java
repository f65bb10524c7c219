package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/** Who may log in where by ssh: every machine's root on every host, with keys that are made anew for each lab. */
final class LabSsh {

    private final Path authorized;
    private final Path known;

    LabSsh(Path folder) {
        try {
            Files.createDirectories(folder);
            authorized = Files.createFile(folder.resolve("authorized_keys"));
            known = Files.createFile(folder.resolve("known_hosts"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Fills a machine's {@code .ssh} folder. */
    void giveKey(Path folder) {
        try {
            makeKey(folder.resolve("id_ed25519"));
            Files.writeString(authorized, Files.readString(folder.resolve("id_ed25519.pub")), StandardOpenOption.APPEND);
            // A link, so that hosts that are made later are known as well.
            Files.createSymbolicLink(folder.resolve("known_hosts"), known);
            Commands.run("chmod", "700", folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a host's sshd and lets all machines know the host's key.
     *
     * @param programs a folder that stands first in the PATH of those who log in
     */
    void serve(LabMachine host, Path programs) {
        try {
            Path key = host.folder("sshd").resolve("host_key");
            makeKey(key);
            String[] words = Files.readString(Path.of(key + ".pub")).strip().split(" ");
            Files.writeString(known, String.join(",", host.name(), host.dataName(), host.address(), host.dataAddress(),
                    host.address6()) + " " + words[0] + " " + words[1] + "\n", StandardOpenOption.APPEND);
            Path configuration = Files.writeString(host.folder("sshd").resolve("sshd_config"), """
                    HostKey %s
                    AuthorizedKeysFile %s
                    PermitRootLogin prohibit-password
                    PasswordAuthentication no
                    KbdInteractiveAuthentication no
                    StrictModes no
                    UsePAM no
                    UseDNS no
                    PidFile none
                    MaxStartups 100
                    SetEnv PATH=%s:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
                    """.formatted(key, authorized, programs));
            Path log = host.folder("log").resolve("sshd.log");
            Process daemon = host.spawn(log, Map.of(), List.of("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString()));
            Await.until("sshd of " + host.name() + " listens", java.time.Duration.ofSeconds(20), () -> {
                if (!daemon.isAlive()) {
                    throw new AssertionError("sshd of " + host.name() + " ended; see " + log);
                }
                return text(log).contains("Server listening");
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void makeKey(Path file) {
        Commands.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", file.toString());
    }
}

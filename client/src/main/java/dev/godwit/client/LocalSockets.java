package dev.godwit.client;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the Unix socket of the daemon that serves a URI on this machine, the way a stock client does, and
 * looks in Godwit's own folder after that.
 *
 * @param systemDir  where daemons of the whole machine have their folders, {@code /run}
 * @param sessionDir where those of this user have theirs, {@code $XDG_RUNTIME_DIR} or {@code ~/.cache}
 * @param root       whether this process is root, for whom {@code /session} is the system's daemon, too
 * @param exists     tells whether there is a file
 */
record LocalSockets(Path systemDir, Path sessionDir, boolean root, Predicate<Path> exists) {

    /** What this process sees. */
    static LocalSockets ofThisProcess() {
        String runtimeDir = System.getenv("XDG_RUNTIME_DIR");
        Path session = runtimeDir == null || runtimeDir.isEmpty()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(runtimeDir);
        return new LocalSockets(Path.of("/run"), session, isRoot(), Files::exists);
    }

    /** Whether this process is root. */
    static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | RuntimeException e) {
            return System.getProperty("user.name").equals("root");
        }
    }

    /**
     * The socket to connect to.
     *
     * @param uri      what to open
     * @param readOnly whether the read-only socket will do
     * @return the first candidate that exists; the first of all where none does, so that the error names it
     */
    Path find(ConnectUri uri, boolean readOnly) {
        Optional<String> given = uri.parameter("socket");
        if (given.isPresent()) {
            return Path.of(given.get());
        }
        List<Path> candidates = candidates(uri, readOnly);
        return candidates.stream().filter(exists).findFirst().orElse(candidates.getFirst());
    }

    /** The sockets to try, in order. */
    List<Path> candidates(ConnectUri uri, boolean readOnly) {
        boolean session = uri.isAny() ? !root : uri.path().equals("/session") && !root;
        Path base = session ? sessionDir : systemDir;
        String suffix = readOnly && !session ? "-ro" : "";
        Path monolithic = base.resolve("libvirt").resolve("libvirt-sock" + suffix);
        Path own = base.resolve("godwit").resolve("libvirt-sock" + suffix);
        List<Path> modular = new ArrayList<>();
        for (String driver : uri.isAny() ? List.of("xen", "qemu", "lxc", "vbox", "bhyve", "vz") : List.of(uri.driver())) {
            modular.add(base.resolve("libvirt").resolve("virt" + driver + "d-sock" + suffix));
        }
        String mode = uri.parameter("mode").orElse("auto");
        List<Path> candidates = new ArrayList<>();
        switch (mode) {
            case "auto" -> {
                if (uri.isAny()) {
                    candidates.add(monolithic);
                    candidates.addAll(modular);
                } else {
                    candidates.addAll(modular);
                    candidates.add(monolithic);
                }
                candidates.add(own);
            }
            case "direct" -> candidates.addAll(modular);
            case "legacy" -> candidates.add(monolithic);
            default -> throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.URI,
                    "mode '" + mode + "' is none of auto, direct, legacy");
        }
        return candidates;
    }
}

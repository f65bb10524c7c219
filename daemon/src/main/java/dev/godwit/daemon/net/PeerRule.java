package dev.godwit.daemon.net;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Who may come in by a Unix socket, by the names the kernel reports. */
public interface PeerRule {

    /** Everybody the file's mode lets in. */
    PeerRule EVERYBODY = (_, _) -> Optional.empty();

    /**
     * Whether a client may come in.
     *
     * @param user  its user
     * @param group its group
     * @return why not; empty when it may
     */
    Optional<String> refusal(String user, String group);

    /**
     * Root, the daemon's own user, and the members of a group.
     *
     * @param self      the daemon's user
     * @param group     {@code unix_sock_group}
     * @param groupFile where groups list their members, {@code /etc/group}
     * @return the rule
     */
    static PeerRule ownersAnd(String self, Optional<String> group, Path groupFile) {
        return (user, theirs) -> {
            if (user.equals("root") || user.equals(self)
                    || group.filter(g -> g.equals(theirs) || isMember(groupFile, g, user)).isPresent()) {
                return Optional.empty();
            }
            return Optional.of("user " + user + " is neither root nor " + self
                    + group.map(g -> " nor in group " + g).orElse(" and unix_sock_group is not set"));
        };
    }

    private static boolean isMember(Path groupFile, String group, String user) {
        try (var lines = Files.lines(groupFile)) {
            return lines.map(line -> line.split(":", -1))
                    .anyMatch(f -> f.length == 4 && f[0].equals(group) && Arrays.asList(f[3].split(",")).contains(user));
        } catch (IOException | java.io.UncheckedIOException _) {
            return false;
        }
    }
}

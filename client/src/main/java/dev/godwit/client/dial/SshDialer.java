package dev.godwit.client.dial;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Over ssh, by the system's own program: its configuration, keys, agent and known hosts count.
 *
 * @param host          a name of ssh's configuration, a host name or an address
 * @param port          where ssh's configuration does not say it
 * @param user          whom to log in as, where ssh's configuration does not say it
 * @param options       the rest
 * @param remoteCommand what the far end's shell is to run: it must join its standard input and output to a daemon
 */
public record SshDialer(String host, OptionalInt port, Optional<String> user, Options options, String remoteCommand)
        implements Dialer {

    /**
     * How ssh is to be run.
     *
     * @param program        by path or by name
     * @param keyFile        a private key
     * @param batch          never ask anything: fail instead
     * @param hostKeys       which host keys are accepted
     * @param knownHosts     a file of known hosts in place of the user's own
     * @param authentication the methods to try, in ssh's words and order; empty for ssh's own choice
     */
    public record Options(String program, Optional<String> keyFile, boolean batch, HostKeys hostKeys,
            Optional<String> knownHosts, List<String> authentication) {

        /** As the system's configuration says. */
        public static final Options DEFAULT = new Options("ssh", Optional.empty(), false, HostKeys.CONFIGURED,
                Optional.empty(), List.of());

        public Options {
            authentication = List.copyOf(authentication);
        }
    }

    /** Which host keys are accepted. */
    public enum HostKeys {
        /** As ssh's configuration says. */
        CONFIGURED,
        /** New ones too; one that has changed is refused. */
        ACCEPT_NEW,
        /** All. */
        ANY
    }

    /** The words of the command, as stock clients order them. */
    public List<String> command() {
        List<String> words = new ArrayList<>(List.of(options.program));
        port.ifPresent(p -> words.addAll(List.of("-p", Integer.toString(p))));
        user.ifPresent(u -> words.addAll(List.of("-l", u)));
        options.keyFile.ifPresent(k -> words.addAll(List.of("-i", k)));
        words.addAll(List.of("-T", "-e", "none"));
        if (options.batch) {
            words.addAll(List.of("-o", "BatchMode=yes"));
        }
        switch (options.hostKeys) {
            case CONFIGURED -> { }
            case ACCEPT_NEW -> words.addAll(List.of("-o", "StrictHostKeyChecking=accept-new"));
            case ANY -> words.addAll(List.of("-o", "StrictHostKeyChecking=no"));
        }
        options.knownHosts.ifPresent(file -> words.addAll(List.of("-o", "UserKnownHostsFile=\"" + file + '"')));
        if (!options.authentication.isEmpty()) {
            words.addAll(List.of("-o", "PreferredAuthentications=" + String.join(",", options.authentication)));
        }
        // After two dashes a host that begins with one is no option.
        words.addAll(List.of("--", host, remoteCommand));
        return List.copyOf(words);
    }

    @Override
    public ByteChannel dial() throws IOException {
        return new CommandDialer(command(), Map.of("LC_ALL", "C")).dial();
    }

    @Override
    public String toString() {
        return user.map(u -> u + "@").orElse("") + host;
    }
}

package dev.godwit.client;

import dev.godwit.domain.ConnectUri;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names and passwords that a user keeps in libvirt's {@code auth.conf}:
 *
 * <pre>
 *   [credentials-lab]
 *   authname=ann
 *   password=secret
 *
 *   [auth-libvirt-kvm7.example.com]
 *   credentials=lab
 * </pre>
 *
 * <p>A section {@code [auth-libvirt-default]} is for all other hosts.
 */
final class AuthFile {

    private final Path file;
    private final Map<String, Map<String, String>> sections;

    private AuthFile(Path file, Map<String, Map<String, String>> sections) {
        this.file = file;
        this.sections = sections;
    }

    /**
     * The file that counts for a URI: the one that {@code LIBVIRT_AUTH_FILE} names, that the URI's {@code authfile}
     * names, the user's, the system's.
     *
     * @throws VirtException if it cannot be read
     */
    static AuthFile of(ConnectUri uri, Surroundings surroundings) {
        List<Path> candidates = new ArrayList<>();
        Optional<Path> named = surroundings.variable("LIBVIRT_AUTH_FILE").or(() -> uri.parameter("authfile"))
                .map(Path::of);
        if (named.isPresent()) {
            candidates.add(named.get());
        } else {
            candidates.add(surroundings.userConfig().resolve("auth.conf"));
            candidates.add(surroundings.systemConfig().resolve("auth.conf"));
        }
        for (Path candidate : candidates) {
            if (Files.isReadable(candidate) || named.isPresent()) {
                return read(candidate);
            }
        }
        return new AuthFile(candidates.getFirst(), Map.of());
    }

    private static AuthFile read(Path file) {
        Map<String, Map<String, String>> sections = new HashMap<>();
        Map<String, String> section = new HashMap<>();
        int number = 0;
        try {
            for (String line : Files.readAllLines(file)) {
                number++;
                String text = line.strip();
                int equals = text.indexOf('=');
                if (text.startsWith("[") && text.endsWith("]")) {
                    section = sections.computeIfAbsent(text.substring(1, text.length() - 1), _ -> new HashMap<>());
                } else if (equals > 0) {
                    section.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
                } else if (!text.isEmpty() && !text.startsWith("#") && !text.startsWith(";")) {
                    // Not the line itself: it may be a password.
                    throw wrong(file, "line " + number + " is neither a [section] nor key=value");
                }
            }
        } catch (IOException e) {
            throw wrong(file, "it cannot be read: " + e.getMessage());
        }
        return new AuthFile(file, sections);
    }

    /**
     * What it has for a host.
     *
     * @param host as the URI has it
     * @return keys and values; empty where the host has no section, and there is none for all
     * @throws VirtException if the host's section names credentials that are not there
     */
    Map<String, String> credentials(String host) {
        Map<String, String> section = sections.getOrDefault("auth-libvirt-" + host,
                sections.getOrDefault("auth-libvirt-default", Map.of()));
        if (section.isEmpty()) {
            return Map.of();
        }
        String name = Optional.ofNullable(section.get("credentials")).orElseThrow(() ->
                wrong(file, "the section for " + host + " has no 'credentials'"));
        return Optional.ofNullable(sections.get("credentials-" + name)).orElseThrow(() ->
                wrong(file, "there is no section [credentials-" + name + "], which the section for " + host + " names"));
    }

    private static VirtException wrong(Path file, String what) {
        return new VirtException(ErrorCode.AUTH_FAILED, ErrorDomain.AUTH, file + ": " + what);
    }
}

package dev.godwit.driver.simulated;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a simulated receiver waits: {@code tcp:HOST:PORT} or {@code tcp://HOST:PORT}, by the name of its host.
 *
 * @param host the host's name
 * @param port the port, empty where the destination chooses
 */
record SimulatedMigrationUri(String host, Optional<Integer> port) {

    private static final Pattern FORM = Pattern.compile("tcp:(?://)?([^:/]+)(?::([0-9]{1,5}))?/?");

    static SimulatedMigrationUri parse(String uri) {
        if (!uri.startsWith("tcp:")) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.TEST, "unsupported scheme "
                    + uri.substring(0, Math.max(0, uri.indexOf(':'))) + " in migration URI " + uri);
        }
        Matcher parts = FORM.matcher(uri);
        if (!parts.matches()) {
            throw new VirtException(ErrorCode.INVALID_ARG, ErrorDomain.TEST, "missing host in migration URI: " + uri);
        }
        return new SimulatedMigrationUri(
                parts.group(1), Optional.ofNullable(parts.group(2)).map(Integer::parseInt).filter(port -> port != 0));
    }
}

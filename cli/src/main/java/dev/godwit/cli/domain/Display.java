package dev.godwit.cli.domain;

import dev.godwit.xml.Element;
import java.util.Optional;

/** Where a viewer finds a display, in the words of {@code domdisplay}. */
final class Display {

    private static final int FIRST_VNC_PORT = 5900;

    private Display() {}

    /**
     * A display's URI.
     *
     * @param graphics the element that describes it
     * @param scheme   its type
     * @param peer     the host as this client calls it, for displays that listen everywhere
     * @return empty for one that cannot be reached
     */
    static Optional<String> uri(Element graphics, String scheme, String peer) {
        if (scheme.equals("dbus")) {
            return graphics.attr("address").filter(address -> address.startsWith("unix:path="))
                    .map(address -> "dbus+unix://" + address.substring("unix:path=".length()));
        }
        Optional<String> socket = graphics.attr("socket").or(() -> graphics.child("listen")
                .filter(listen -> listen.attrIs("type", "socket")).flatMap(listen -> listen.attr("socket")));
        int port = number(graphics, "port");
        int tlsPort = number(graphics, "tlsPort");
        if (socket.isEmpty() && port <= 0 && tlsPort <= 0) {
            return Optional.empty();
        }
        StringBuilder uri = new StringBuilder(scheme).append(socket.isPresent() ? "+unix://" : "://");
        Optional<String> password = graphics.attr("passwd");
        if (scheme.equals("vnc")) {
            password.ifPresent(secret -> uri.append(':').append(secret).append('@'));
        }
        uri.append(socket.orElseGet(() -> host(graphics, peer)));
        if (socket.isEmpty() && port > 0) {
            uri.append(':').append(scheme.equals("vnc") ? port - FIRST_VNC_PORT : port);
        }
        char separator = '?';
        if (tlsPort > 0) {
            uri.append(separator).append("tls-port=").append(tlsPort);
            separator = '&';
        }
        if (scheme.equals("spice") && password.isPresent()) {
            uri.append(separator).append("password=").append(password.get());
        }
        return Optional.of(uri.toString());
    }

    private static String host(Element graphics, String peer) {
        String listen = graphics.attr("listen")
                .or(() -> graphics.child("listen").flatMap(l -> l.attr("address"))).orElse("localhost");
        String host = listen.equals("0.0.0.0") || listen.equals("::") ? peer : listen;
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    private static int number(Element graphics, String attribute) {
        try {
            return graphics.attr(attribute).map(Integer::parseInt).orElse(0);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}

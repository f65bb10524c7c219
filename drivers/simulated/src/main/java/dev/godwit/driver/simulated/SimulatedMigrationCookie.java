package dev.godwit.driver.simulated;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.guest.TicketXml;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlException;
import dev.godwit.xml.XmlReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What simulated hosts tell each other: who they are, and of the guest what is not in its definition.
 *
 * @param hostUuid        the host that made the cookie
 * @param sourceTransient whether the guest has no configuration at the source
 * @param configuration   the configuration for the destination, where one was asked for
 * @param ticket          what hosts tell each other about the migration itself
 */
record SimulatedMigrationCookie(
        String hostUuid, boolean sourceTransient, Optional<Element> configuration, Optional<MigrationTicket> ticket) {

    private static final String ROOT = "simulated-migration";

    Cookie print() {
        Element root = Element.of(ROOT).withAttr("host", hostUuid)
                .withAttr("transient", sourceTransient ? "yes" : "no");
        if (configuration.isPresent()) {
            root = root.with(configuration.get());
        }
        if (ticket.isPresent()) {
            root = root.with(TicketXml.print(ticket.get()));
        }
        return Cookie.of(root.print().getBytes(StandardCharsets.UTF_8));
    }

    /** The ticket alone; empty where there is none, or nothing that could be read. */
    static Optional<MigrationTicket> ticketIn(Cookie cookie) {
        try {
            return cookie.isEmpty()
                    ? Optional.empty()
                    : TicketXml.read(XmlReader.read(new String(cookie.bytes(), StandardCharsets.UTF_8)));
        } catch (XmlException e) {
            return Optional.empty(); // whoever reads all of it says what is wrong
        }
    }

    /**
     * Reads a cookie from a peer.
     *
     * @throws VirtException 1 if it is none, or comes from this very host
     */
    static SimulatedMigrationCookie read(Cookie cookie, HostIdentity receiver) {
        Element root;
        try {
            root = XmlReader.read(new String(cookie.bytes(), StandardCharsets.UTF_8));
        } catch (XmlException e) {
            throw bad("the migration cookie cannot be read: " + e.getMessage());
        }
        String host = root.attr("host", "");
        if (!root.name().equals(ROOT) || host.isEmpty()) {
            throw bad("the migration cookie is not one of a simulated host");
        }
        if (host.equals(receiver.uuid().toString())) {
            throw bad("Attempt to migrate guest to the same host " + host);
        }
        return new SimulatedMigrationCookie(host, root.attrIs("transient", "yes"), root.child("domain"),
                TicketXml.read(root));
    }

    private static VirtException bad(String what) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.TEST, what);
    }
}

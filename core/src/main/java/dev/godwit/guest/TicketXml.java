package dev.godwit.guest;

import dev.godwit.domain.MigrationId;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A ticket as the XML that drivers put into their cookies, in an element that stock hosts pass over:
 *
 * <pre>{@code
 * <migration id='8b1c…' token='3' host='41d0…'>
 *   <ask uri='qemu+tls://kvm7/system'/>
 * </migration>
 * }</pre>
 */
public final class TicketXml {

    private static final String NAME = "migration";
    private static final int LONGEST_URI = 300;

    private TicketXml() {}

    /** A ticket as XML. */
    public static Element print(MigrationTicket ticket) {
        Element element = Element.of(NAME).withAttr("id", ticket.id().toString()).withAttr("token", ticket.token())
                .withAttr("host", ticket.host().toString());
        for (String uri : ticket.ask()) {
            element = element.with(Element.of("ask").withAttr("uri", uri));
        }
        return element;
    }

    /**
     * The ticket in an element that a peer sent, who may be anybody.
     *
     * @param parent what {@link #print} was put into
     * @return empty where there is none, or one that cannot be read: the peer is then as good as a stock one
     */
    public static Optional<MigrationTicket> read(Element parent) {
        return parent.child(NAME).flatMap(TicketXml::ticket);
    }

    private static Optional<MigrationTicket> ticket(Element element) {
        try {
            UUID id = UUID.fromString(element.attr("id", ""));
            UUID host = UUID.fromString(element.attr("host", ""));
            long token = Long.parseLong(element.attr("token", ""));
            List<String> ask = element.elements("ask").stream()
                    .map(uri -> uri.attr("uri", ""))
                    .filter(uri -> !uri.isEmpty() && uri.length() <= LONGEST_URI)
                    .toList();
            return token < 1 || token == Long.MAX_VALUE
                    ? Optional.empty()
                    : Optional.of(new MigrationTicket(new MigrationId(id), token, host, ask));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.qemu.qmp.MigrationCapability;
import dev.godwit.guest.TicketXml;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlException;
import dev.godwit.xml.XmlReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * The cookie of libvirt's QEMU driver: what one host tells the other at the end of a phase, as XML with a
 * NUL byte at its end that counts.
 *
 * <p>Every cookie names the guest as it is called at the source, and the host that made it. A
 * {@code <feature>} is something the receiver must know; elements it does not know it ignores. We never send
 * an empty cookie: a stock daemon that gets one with PREPARE or PERFORM ends.
 *
 * @param guest        the guest's name at the source
 * @param uuid         its identity
 * @param sender       the host that made the cookie
 * @param features     what the receiver must know
 * @param cpu          the CPU the guest really has, as in a domain definition; BEGIN only
 * @param capabilities the migration capabilities of the sender's QEMU; empty where it did not say
 * @param statistics   the figures; PERFORM and FINISH only
 * @param persistent   the configuration for the destination; PERFORM only
 * @param transientGuest whether the guest has no configuration at the source. Our own addition, in an element
 *                     that stock daemons pass over; false where nobody says it
 * @param ticket       what our hosts tell each other about the migration itself, in the same element; empty from a stock one
 */
record QemuMigrationCookie(
        String guest,
        UUID uuid,
        HostIdentity sender,
        List<String> features,
        Optional<Element> cpu,
        Optional<Set<MigrationCapability>> capabilities,
        Optional<QemuMigrationStatistics> statistics,
        Optional<Element> persistent,
        boolean transientGuest,
        Optional<MigrationTicket> ticket) {

    /** What a source says first when it keeps no locks on disks; stock sources always say it. */
    static final String LOCKSTATE = "lockstate";

    private static final String PERSISTENT = "persistent";
    private static final String ROOT = "qemu-migration";
    private static final String OURS = "godwit";

    /** All that libvirt has ever named. */
    private static final Set<String> KNOWN = Set.of("graphics", LOCKSTATE, PERSISTENT, "network", "nbd", "statistics",
            "memory-hotplug", "cpu-hotplug", "cpu", "allowReboot", "capabilities", "block-dirty-bitmaps");

    /** Capabilities that a stock source turns on by itself, and a destination; ours says the same, whether it needs them or not. */
    private static final Set<MigrationCapability> BY_ITSELF_AT_SOURCE =
            EnumSet.of(MigrationCapability.PAUSE_BEFORE_SWITCHOVER);
    private static final Set<MigrationCapability> BY_ITSELF_AT_DESTINATION =
            EnumSet.of(MigrationCapability.LATE_BLOCK_ACTIVATE);

    /** The phase whose answer a cookie is; decides which features its receiver can follow. */
    enum From {
        BEGIN(Set.of(LOCKSTATE, "cpu", "capabilities")),
        PREPARE(Set.of("graphics", "capabilities")),
        PERFORM(Set.of("network", "statistics", PERSISTENT)),
        FINISH(Set.of("statistics"));

        private final Set<String> followed;

        From(Set<String> followed) {
            this.followed = followed;
        }
    }

    QemuMigrationCookie {
        features = List.copyOf(features);
        capabilities = capabilities.map(Set::copyOf);
    }

    /** A cookie that only says who and from where. */
    static QemuMigrationCookie of(String guest, UUID uuid, HostIdentity sender) {
        return new QemuMigrationCookie(guest, uuid, sender, List.of(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), false, Optional.empty());
    }

    QemuMigrationCookie withFeature(String feature) {
        List<String> more = new ArrayList<>(features);
        more.add(feature);
        return new QemuMigrationCookie(guest, uuid, sender, more, cpu, capabilities, statistics, persistent,
                transientGuest, ticket);
    }

    QemuMigrationCookie withCpu(Element expanded) {
        return new QemuMigrationCookie(guest, uuid, sender, features, Optional.of(expanded), capabilities, statistics,
                persistent, transientGuest, ticket);
    }

    QemuMigrationCookie withCapabilities(Set<MigrationCapability> known) {
        return new QemuMigrationCookie(guest, uuid, sender, features, cpu, Optional.of(known), statistics, persistent,
                transientGuest, ticket);
    }

    QemuMigrationCookie withStatistics(QemuMigrationStatistics figures) {
        return new QemuMigrationCookie(guest, uuid, sender, features, cpu, capabilities, Optional.of(figures),
                persistent, transientGuest, ticket);
    }

    QemuMigrationCookie withPersistent(Element configuration) {
        return new QemuMigrationCookie(guest, uuid, sender, features, cpu, capabilities, statistics,
                Optional.of(configuration), transientGuest, ticket).withFeature(PERSISTENT);
    }

    QemuMigrationCookie withTransientGuest() {
        return new QemuMigrationCookie(guest, uuid, sender, features, cpu, capabilities, statistics, persistent, true,
                ticket);
    }

    QemuMigrationCookie withTicket(Optional<MigrationTicket> told) {
        return new QemuMigrationCookie(guest, uuid, sender, features, cpu, capabilities, statistics, persistent,
                transientGuest, told);
    }

    /**
     * Prints the cookie.
     *
     * @param by the phase whose answer it is
     */
    Cookie print(From by) {
        Element root = Element.of(ROOT)
                .with(Element.text("name", guest))
                .with(Element.text("uuid", uuid.toString()))
                .with(Element.text("hostname", sender.name()))
                .with(Element.text("hostuuid", sender.uuid().toString()));
        for (String feature : features) {
            root = root.with(Element.of("feature").withAttr("name", feature));
        }
        if (persistent.isPresent()) {
            root = root.with(persistent.get());
        }
        if (statistics.isPresent()) {
            root = root.with(statistics.get().print());
        }
        if (cpu.isPresent()) {
            root = root.with(cpu.get());
        }
        if (capabilities.isPresent()) {
            root = root.with(print(capabilities.get(), by));
        }
        if (transientGuest || ticket.isPresent()) {
            Element ours = transientGuest ? Element.of(OURS).withAttr("transient", "yes") : Element.of(OURS);
            root = root.with(ticket.map(TicketXml::print).map(ours::with).orElse(ours));
        }
        byte[] text = root.print().getBytes(StandardCharsets.UTF_8);
        return Cookie.of(Arrays.copyOf(text, text.length + 1));
    }

    private static Element print(Set<MigrationCapability> capabilities, From by) {
        Set<MigrationCapability> byItself =
                by == From.BEGIN || by == From.PERFORM ? BY_ITSELF_AT_SOURCE : BY_ITSELF_AT_DESTINATION;
        Element list = Element.of("capabilities");
        for (MigrationCapability capability : MigrationCapability.values()) {
            if (capabilities.contains(capability) && capability != MigrationCapability.EVENTS) {
                list = list.with(Element.of("cap")
                        .withAttr("name", capability.qemuName())
                        .withAttr("auto", byItself.contains(capability) ? "yes" : "no"));
            }
        }
        return list;
    }

    /**
     * Reads a cookie from a peer, who may be anybody.
     *
     * @param cookie   as it came
     * @param by       the phase whose answer it is
     * @param guest    the guest's name at the source
     * @param uuid     the guest's identity
     * @param receiver this host
     * @return what it says
     * @throws VirtException if it is not a cookie, is of another guest or of this very host, or demands what
     *         this host cannot do
     */
    static QemuMigrationCookie read(Cookie cookie, From by, String guest, UUID uuid, HostIdentity receiver) {
        Element root = parse(cookie);
        if (!root.name().equals(ROOT)) {
            throw bad("migration data begins with <" + root.name() + ">, not with <" + ROOT + ">");
        }
        String name = required(root, "name");
        if (!name.equals(guest)) {
            throw bad("Incoming cookie data had unexpected name " + name + " vs " + guest);
        }
        String id = required(root, "uuid");
        if (!sameUuid(id, uuid)) {
            throw bad("Incoming cookie data had unexpected UUID " + id + " vs " + uuid);
        }
        String hostname = required(root, "hostname");
        UUID hostUuid = parseUuid(required(root, "hostuuid"))
                .orElseThrow(() -> bad("malformed hostuuid element in migration data"));
        if (hostUuid.equals(receiver.uuid())) {
            throw bad("Attempt to migrate guest to the same host " + hostUuid);
        }
        List<String> features = features(root, by);
        return new QemuMigrationCookie(name, uuid, new HostIdentity(hostname, hostUuid), features,
                root.child("cpu"),
                root.child("capabilities").map(QemuMigrationCookie::capabilities),
                root.child("statistics").map(QemuMigrationStatistics::read),
                persistent(root, features),
                root.child(OURS).filter(ours -> ours.attrIs("transient", "yes")).isPresent(),
                root.child(OURS).flatMap(TicketXml::read));
    }

    /**
     * The ticket alone, for whoever has to know first which migration a cookie belongs to.
     *
     * @param cookie as it came from a peer, who may be anybody
     * @return empty where there is none, or nothing that could be read
     */
    static Optional<MigrationTicket> ticketIn(Cookie cookie) {
        if (cookie.isEmpty()) {
            return Optional.empty();
        }
        try {
            return parse(cookie).child(OURS).flatMap(TicketXml::read);
        } catch (VirtException e) {
            return Optional.empty(); // whoever reads all of it says what is wrong
        }
    }

    private static Element parse(Cookie cookie) {
        byte[] bytes = cookie.bytes();
        if (bytes.length == 0) {
            throw bad("the migration cookie is missing");
        }
        if (bytes[bytes.length - 1] != 0) {
            throw bad("Migration cookie was not NULL terminated");
        }
        int end = 0;
        while (bytes[end] != 0) {
            end++;
        }
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end)).toString();
            return XmlReader.read(text);
        } catch (CharacterCodingException e) {
            throw bad("the migration cookie is not UTF-8");
        } catch (XmlException e) {
            throw bad("the migration cookie cannot be read: " + e.getMessage());
        }
    }

    private static List<String> features(Element root, From by) {
        List<String> features = new ArrayList<>();
        for (Element feature : root.elements("feature")) {
            String name = feature.attr("name")
                    .orElseThrow(() -> bad("Missing feature name in migration cookie"));
            if (!KNOWN.contains(name)) {
                throw bad("Unknown migration cookie feature " + name);
            }
            if (!by.followed.contains(name)) {
                throw bad("Unsupported migration cookie feature " + name);
            }
            features.add(name);
        }
        if (root.has(LOCKSTATE) && features.contains(LOCKSTATE)) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                    "Source host lock driver " + root.child(LOCKSTATE).orElseThrow().attr("driver", "(unnamed)")
                            + " different from target none");
        }
        return features;
    }

    private static Optional<Element> persistent(Element root, List<String> features) {
        if (!features.contains(PERSISTENT)) {
            return Optional.empty();
        }
        List<Element> domains = root.elements("domain");
        if (domains.size() != 1) {
            throw bad("Too many domain elements in migration cookie: " + domains.size());
        }
        return Optional.of(domains.getFirst());
    }

    private static Set<MigrationCapability> capabilities(Element list) {
        Set<MigrationCapability> known = EnumSet.noneOf(MigrationCapability.class);
        for (Element cap : list.elements("cap")) {
            cap.attr("name").flatMap(MigrationCapability::of).ifPresent(known::add);
        }
        return known;
    }

    private static String required(Element root, String child) {
        return root.childText(child).filter(text -> !text.isBlank())
                .orElseThrow(() -> bad("missing " + child + " element in migration data"));
    }

    private static boolean sameUuid(String text, UUID uuid) {
        return Objects.equals(parseUuid(text), Optional.of(uuid));
    }

    private static Optional<UUID> parseUuid(String text) {
        String digits = text.strip().replace("-", "");
        if (!digits.matches("[0-9A-Fa-f]{32}")) {
            return Optional.empty();
        }
        return Optional.of(new UUID(Long.parseUnsignedLong(digits.substring(0, 16), 16),
                Long.parseUnsignedLong(digits.substring(16), 16)));
    }

    private static VirtException bad(String what) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, what);
    }
}

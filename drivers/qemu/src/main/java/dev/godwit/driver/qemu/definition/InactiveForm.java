package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Element;
import dev.godwit.xml.Node;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A definition without what only a running guest has.
 *
 * <p>Used where a definition comes in (a user may well define what {@code dumpxml} showed of a running guest), and for
 * the inactive form of a guest that has no other configuration.
 */
public final class InactiveForm {

    private InactiveForm() {}

    /**
     * Drops the id, automatic aliases, the paths and ports that were chosen at the start, and the labels of a security
     * driver that were made at the start.
     *
     * @param domain any form of a definition
     * @return its inactive form
     */
    public static Element of(Element domain) {
        return domain.withoutAttr("id")
                .withoutElements(InactiveForm::isDynamicLabel)
                .mapElements("devices", devices -> devices.mapElements(InactiveForm::device));
    }

    /**
     * The inactive form of a guest that has no configuration. It differs from {@link #of} in that the devices keep the
     * aliases that they have in this run, as stock daemons show them.
     *
     * @param live the definition of the running guest
     * @return its inactive form
     */
    public static Element ofTransient(Element live) {
        Iterator<Element> named = devices(live).iterator();
        return of(live).mapElements("devices", devices -> devices.mapElements(device -> {
            Optional<Element> alias = named.next().child("alias");
            if (device.has("alias") || alias.isEmpty()) {
                return device;
            }
            int at = IntStream.range(0, device.children().size())
                    .filter(i -> device.children().get(i) instanceof Element child && child.name().equals("address"))
                    .findFirst().orElse(device.children().size());
            List<Node> children = new ArrayList<>(device.children());
            children.add(at, alias.get());
            return device.withChildren(children);
        }));
    }

    private static List<Element> devices(Element domain) {
        return domain.child("devices").map(Element::elements).orElse(List.of());
    }

    private static boolean isDynamicLabel(Element element) {
        return element.name().equals("seclabel")
                && element.attr("type", "dynamic").equals("dynamic")
                && (element.has("imagelabel") || element.has("label"))
                && !element.has("baselabel");
    }

    private static Element device(Element device) {
        Element inactive = device.withoutElements(InactiveForm::isAutomaticAlias);
        return switch (device.name()) {
            case "disk" -> disk(inactive);
            case "interface" -> inactive.mapElements("target", InactiveForm::tapOfTheUser)
                    .withoutElements(target -> target.equals(Element.of("target")));
            case "serial", "parallel", "console", "channel" -> characterDevice(inactive);
            case "graphics" -> graphics(inactive);
            default -> inactive;
        };
    }

    private static boolean isAutomaticAlias(Element element) {
        return element.name().equals("alias") && !element.attr("name", "").startsWith(UserAliases.PREFIX);
    }

    /** A source with an index was written by a daemon that had looked into the image; so was its backing chain. */
    private static Element disk(Element disk) {
        boolean live = disk.child("source").flatMap(source -> source.attr("index")).isPresent();
        Element inactive = disk.without("mirror").mapElements("source", source -> source.withoutAttr("index"));
        return live ? inactive.without("backingStore") : inactive;
    }

    /** Names of this form are given to devices without a name at every start. */
    private static Element tapOfTheUser(Element target) {
        String name = target.attr("dev", "");
        boolean automatic = List.of("vnet", "vif", "macvtap", "macvlan").stream()
                .anyMatch(prefix -> name.matches(prefix + "[0-9]+"));
        return automatic ? target.withoutAttr("dev") : target;
    }

    private static Element characterDevice(Element device) {
        Element inactive = device.withoutAttr("tty");
        if (device.attrIs("type", "pty")) {
            inactive = inactive.without("source");
        }
        if (device.attrIs("type", "tcp")) {
            inactive = inactive.mapElements(
                    "source", source -> source.attrIs("tls", "no") ? source.withoutAttr("tls") : source);
        }
        if (device.name().equals("channel")) {
            inactive = inactive.mapElements("target", target -> target.withoutAttr("state"));
            inactive = inactive.withoutElements(child -> isDefaultSocket(child, device));
        }
        return inactive;
    }

    /** The sockets that daemons make for channels without a path lie in a directory a guest, by its id and name. */
    private static boolean isDefaultSocket(Element source, Element channel) {
        if (!source.name().equals("source") || !channel.attrIs("type", "unix")) {
            return false;
        }
        String path = source.attr("path", "");
        String file = channel.child("target").flatMap(target -> target.attr("name")).orElse("");
        return !file.isEmpty()
                && path.endsWith("/" + file)
                && path.substring(0, path.length() - file.length() - 1)
                        .matches(".*/channel/(target/)?(domain-)?[0-9]+-[^/]*");
    }

    private static Element graphics(Element graphics) {
        Element inactive = graphics.withoutAttr("connected");
        if (graphics.attrIs("autoport", "yes")) {
            inactive = inactive.attr("port").isPresent() ? inactive.withAttr("port", "-1") : inactive;
            inactive = inactive.withoutAttr("tlsPort");
            inactive = inactive.withoutAttr("websocket");
        }
        return inactive.mapElements("listen", listen -> listen.attrIs("type", "network")
                ? listen.withoutAttr("address")
                : listen);
    }
}

package dev.godwit.driver.qemu.machine;

import dev.godwit.driver.qemu.qmp.QmpEvent;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/**
 * What must be known of the devices of a running guest to understand what QEMU says about them.
 *
 * @param disks  its disks
 * @param agents the aliases of its channels to a guest agent
 */
record LiveDefinition(List<Disk> disks, List<String> agents) {

    private static final String AGENT = "org.qemu.guest_agent.0";

    /**
     * A disk.
     *
     * @param alias its device's id in QEMU
     * @param path  its image, empty when it has none
     */
    record Disk(String alias, String path) {}

    static LiveDefinition of(Element live) {
        Element devices = live.child("devices").orElse(Element.of("devices"));
        return new LiveDefinition(
                devices.elements("disk").stream()
                        .map(disk -> new Disk(alias(disk), disk.child("source")
                                .flatMap(source -> source.attr("file").or(() -> source.attr("dev"))
                                        .or(() -> source.attr("name")))
                                .orElse("")))
                        .toList(),
                devices.elements("channel").stream()
                        .filter(channel -> channel.child("target")
                                .filter(target -> target.attrIs("name", AGENT)).isPresent())
                        .map(LiveDefinition::alias)
                        .toList());
    }

    /** The disk an error belongs to: QEMU names the device's object, {@code /machine/peripheral/ALIAS/…}. */
    Optional<Disk> diskOf(QmpEvent.BlockIoError error) {
        String path = error.qomPath().orElse("") + "/";
        return disks.stream()
                .filter(disk -> disk.alias().equals(error.device()) || path.contains("/" + disk.alias() + "/"))
                .findFirst();
    }

    boolean isAgentChannel(String alias) {
        return agents.contains(alias);
    }

    static Element withTray(Element live, String alias, boolean open) {
        return withDevice(live, "disk", alias, disk -> disk.mapElements("target", target ->
                open ? target.withAttr("tray", "open") : target.withoutAttr("tray")));
    }

    static String alias(Element device) {
        return device.child("alias").flatMap(alias -> alias.attr("name")).orElse("");
    }

    private static Element withDevice(
            Element live, String kind, String alias, java.util.function.UnaryOperator<Element> change) {
        return live.mapElements("devices", devices -> devices.mapElements(kind, device ->
                alias(device).equals(alias) ? change.apply(device) : device));
    }
}

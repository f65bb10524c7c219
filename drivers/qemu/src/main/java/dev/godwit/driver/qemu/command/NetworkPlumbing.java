package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What has to be there on the host before QEMU starts, for the interfaces that do not live inside QEMU.
 *
 * <p>QEMU opens tap devices by name and neither makes nor connects them; it runs without the right to. The driver makes
 * each tap, connects it to its bridge and sets it up, and removes it when the guest is gone.
 */
public final class NetworkPlumbing {

    private NetworkPlumbing() {}

    /**
     * A tap device.
     *
     * @param name on the host, {@code vnet0}
     * @param alias of the guest's interface, {@code net0}
     * @param bridge the bridge it is connected to; none for an interface of type ethernet
     * @param mtu in bytes, where the definition gives it
     * @param managed whether we make and remove the device; false where the definition says that it is there already
     */
    public record Tap(String name, String alias, Optional<String> bridge, OptionalInt mtu, boolean managed) {}

    /**
     * The tap devices of a guest.
     *
     * @param live its live definition
     * @return one a bridged or ethernet interface, in order
     */
    public static List<Tap> taps(Element live) {
        return interfaces(live).stream()
                .filter(nic -> !nic.attrIs("type", "user"))
                .map(NetworkPlumbing::tap)
                .toList();
    }

    private static Tap tap(Element nic) {
        Optional<Integer> mtu = Guest.optionalAttr(nic, "mtu", "size").map(Guest::number);
        return new Tap(
                Guest.attr(nic, "target", "dev"),
                Guest.alias(nic),
                Guest.optionalAttr(nic, "source", "bridge"),
                mtu.isPresent() ? OptionalInt.of(mtu.get()) : OptionalInt.empty(),
                !Guest.attr(nic, "target", "managed").equals("no"));
    }

    /**
     * The interfaces whose link is down from the start. QEMU is told so over QMP ({@code set_link}), before the guest
     * runs.
     *
     * @param live a live definition
     * @return the aliases of the interfaces
     */
    public static List<String> linksDown(Element live) {
        return interfaces(live).stream()
                .filter(nic -> Guest.attr(nic, "link", "state").equals("down"))
                .map(Guest::alias)
                .toList();
    }

    private static List<Element> interfaces(Element live) {
        return live.child("devices").map(devices -> devices.elements("interface")).orElse(List.of());
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The definition of a running guest: the inactive one, with everything that was picked at the start.
 *
 * <p>Some of it is known only once QEMU runs, the paths of ptys for instance; {@link #withPtys} and
 * {@link #withChannelStates} put it in then.
 */
public final class LiveForm {

    /** QEMU takes memory in steps of this many KiB. */
    private static final long MEMORY_STEP_KIB = 1024;

    private LiveForm() {}

    /**
     * Makes the definition of a guest that is about to start.
     *
     * @param inactive a completed definition
     * @param choices what this host picks
     * @return the live definition, with aliases for all devices
     */
    public static Element of(Element inactive, LiveChoices choices) {
        Element domain = withAlignedMemory(inactive.withAttr("id", choices.id()));
        domain = domain.mapElements("devices", devices -> Aliases.assign(devices, Chipset.of(machine(inactive))));
        domain = withBlockNodes(domain);
        return mapDevices(domain, device -> device(device, choices));
    }

    private static String machine(Element domain) {
        return domain.child("os", "type").flatMap(type -> type.attr("machine")).orElse("");
    }

    private static Element mapDevices(Element domain, UnaryOperator<Element> change) {
        return domain.mapElements("devices", devices -> devices.mapElements(device -> {
            Element changed = change.apply(device);
            return changed == device ? device : PrintOrder.device(changed);
        }));
    }

    private static Element withAlignedMemory(Element domain) {
        long memory = number(domain, "memory");
        long aligned = (memory + MEMORY_STEP_KIB - 1) / MEMORY_STEP_KIB * MEMORY_STEP_KIB;
        boolean balloon = domain.child("devices", "memballoon")
                .filter(device -> !device.attrIs("model", "none"))
                .isPresent();
        long current = balloon && number(domain, "currentMemory") < memory ? number(domain, "currentMemory") : aligned;
        return domain.mapElements("memory", element -> element.withText(Long.toString(aligned)))
                .mapElements("currentMemory", element -> element.withText(Long.toString(current)));
    }

    private static long number(Element domain, String child) {
        return domain.childText(child).map(text -> Long.parseLong(text.strip())).orElse(0L);
    }

    /**
     * Numbers the block nodes of the disks. The last disk gets 1: libvirt counts so, and the numbers show in the
     * definition.
     */
    private static Element withBlockNodes(Element domain) {
        int[] next = {0};
        List<Element> disks = domain.child("devices").map(devices -> devices.elements("disk")).orElse(List.of());
        for (Element disk : disks) {
            next[0] += chainLength(disk);
        }
        return mapDevices(domain, device -> {
            if (!device.name().equals("disk")) {
                return device;
            }
            next[0] -= chainLength(device);
            int first = next[0] + 1;
            return hasSource(device)
                    ? device.mapElements("source", source -> source.withAttr("index", first))
                            .mapElements("backingStore", store -> withIndex(store, first + 1))
                    : device.mapElements("driver", driver -> driver.withoutAttr("type"));
        });
    }

    private static Element withIndex(Element store, int index) {
        if (store.children().isEmpty()) {
            return store;
        }
        return store.withAttr("index", index).mapElements("backingStore", below -> withIndex(below, index + 1));
    }

    private static int chainLength(Element disk) {
        int length = 1;
        Optional<Element> store = disk.child("backingStore");
        while (store.isPresent() && !store.get().children().isEmpty()) {
            length++;
            store = store.get().child("backingStore");
        }
        return length;
    }

    private static boolean hasSource(Element disk) {
        return DiskCompletion.source(new Device(disk)).isPresent();
    }

    private static Element device(Element given, LiveChoices choices) {
        // TLS on character devices would be a choice of this host; there is none to make.
        Element device = given.attrIs("type", "tcp")
                ? given.mapElements("source", source -> source.withDefaultAttr("tls", "no"))
                : given;
        return switch (device.name()) {
            case "interface" -> tap(device, choices);
            case "channel" -> channel(device, choices);
            case "graphics" -> graphics(device, choices);
            default -> device;
        };
    }

    private static Element tap(Element nic, LiveChoices choices) {
        String type = nic.attr("type", "");
        boolean named = nic.child("target").flatMap(target -> target.attr("dev")).isPresent();
        if (named || !List.of("bridge", "network", "ethernet").contains(type)) {
            return nic;
        }
        return nic.mapOrAdd("target", target -> target.withAttr("dev", choices.tapName().get()));
    }

    private static Element channel(Element channel, LiveChoices choices) {
        Element live = channel;
        boolean virtio = channel.child("target").filter(target -> target.attrIs("type", "virtio")).isPresent();
        if (channel.attrIs("type", "unix") && channel.child("source").flatMap(s -> s.attr("path")).isEmpty()) {
            String file = channel.child("target")
                    .flatMap(target -> target.attr("name"))
                    .or(() -> channel.child("alias").flatMap(alias -> alias.attr("name")))
                    .orElse("channel");
            live = live.withReplaced(Element.of("source")
                    .withAttr("mode", "bind")
                    .withAttr("path", choices.channelDirectory() + "/" + file));
        }
        return virtio
                ? live.mapElements("target", target -> target.withAttr("state", "disconnected"))
                : live;
    }

    private static Element graphics(Element graphics, LiveChoices choices) {
        if (!graphics.attrIs("type", "vnc")) {
            return graphics;
        }
        Element listen = graphics.child("listen").orElse(Element.of("listen").withAttr("type", "address"));
        if (!listen.attrIs("type", "address") && !listen.attrIs("type", "network")) {
            return graphics;
        }
        Element address = listen.withDefaultAttr("address", choices.vncAddress());
        boolean automatic = graphics.attrIs("autoport", "yes") || graphics.attr("port").isEmpty();
        String port = automatic ? Integer.toString(choices.freeVncPort().getAsInt()) : graphics.attr("port", "");
        return PrintOrder.device(graphics.withReplaced(address)
                .withAttr("port", port)
                .withAttr("listen", address.attr("address", "")));
    }

    // What becomes known while QEMU starts

    /**
     * Puts in the ptys that QEMU has opened.
     *
     * @param live a live definition
     * @param ptys the path of a pty by the alias of its device, {@code serial0}
     * @return the changed definition
     */
    public static Element withPtys(Element live, Map<String, String> ptys) {
        return mapDevices(live, device -> {
            String pty = device.attrIs("type", "pty") ? ptys.get(alias(device)) : null;
            if (pty == null) {
                return device;
            }
            Element changed = device.mapOrAdd("source", source -> source.withAttr("path", pty));
            boolean first = device.child("target").filter(target -> target.attrIs("port", "0")).isPresent();
            return device.name().equals("console") && first ? changed.withAttr("tty", pty) : changed;
        });
    }

    /**
     * Puts in whether somebody in the guest has opened a channel.
     *
     * @param live a live definition
     * @param connected by the alias of a channel, {@code channel0}
     * @return the changed definition
     */
    public static Element withChannelStates(Element live, Map<String, Boolean> connected) {
        return mapDevices(live, device -> {
            Boolean state = device.name().equals("channel") ? connected.get(alias(device)) : null;
            return state == null
                    ? device
                    : device.mapElements(
                            "target", target -> target.withAttr("state", state ? "connected" : "disconnected"));
        });
    }

    /**
     * Puts in how much memory the balloon leaves to the guest.
     *
     * @param live a live definition
     * @param kib the amount in KiB
     * @return the changed definition
     */
    public static Element withCurrentMemory(Element live, long kib) {
        return live.mapElements("currentMemory", element -> element.withText(Long.toString(kib)));
    }

    private static String alias(Element device) {
        return device.child("alias").flatMap(alias -> alias.attr("name")).orElse("");
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Map;

/** Network interfaces: the device the guest sees, and what it is connected to. */
final class InterfaceArguments implements Part {

    private static final Map<String, String> MODELS =
            Map.of("virtio", "virtio-net-pci", "e1000", "e1000", "e1000e", "e1000e", "rtl8139", "rtl8139");

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.device("interface")
                .with("type", "user", "bridge", "ethernet")
                .child(Shape.of("mac").with("address"))
                .child(Shape.of("source").with("bridge"))
                .child(Shape.of("target").with("dev").with("managed", "no"))
                .child(Shape.of("model").with("type", "virtio", "e1000", "e1000e", "rtl8139"))
                .child(Shape.of("driver").with("name", "qemu", "vhost"))
                .child(Shape.of("link").with("state", "up", "down"))
                .child(Shape.of("mtu").with("size"))
                .child(Shape.of("rom").with("bar", "on", "off").with("enabled", "yes", "no"))
                .child(Shape.of("boot").with("order")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element nic : guest.devices("interface")) {
            String alias = Guest.alias(nic);
            out.add("-netdev", backend(guest, nic, "host" + alias).toString());
            out.device(device(guest, nic, alias));
        }
    }

    private static Json.Obj backend(Guest guest, Element nic, String id) {
        if (nic.attrIs("type", "user")) {
            return Json.EMPTY.with("type", "user").with("id", id);
        }
        String tap = Guest.optionalAttr(nic, "target", "dev")
                .orElseThrow(() -> guest.unsupported("device <interface> without a tap device"));
        // The daemon has made the device and connected it; QEMU only opens it.
        Json.Obj backend = Json.EMPTY.with("type", "tap")
                .with("ifname", tap)
                .with("script", "no")
                .with("downscript", "no");
        boolean virtio = Guest.attr(nic, "model", "type").equals("virtio");
        boolean inUserSpace = Guest.attr(nic, "driver", "name").equals("qemu");
        if (virtio && guest.options().vhostNet() && !inUserSpace) {
            backend = backend.with("vhost", true);
        }
        return backend.with("id", id);
    }

    private static Json.Obj device(Guest guest, Element nic, String alias) {
        String model = Guest.attr(nic, "model", "type");
        Json.Obj device = Json.EMPTY.with("driver", MODELS.get(model));
        if (model.equals("virtio") && nic.has("mtu")) {
            device = device.with("host_mtu", Guest.number(Guest.attr(nic, "mtu", "size")));
        }
        device = device.with("netdev", "host" + alias).with("id", alias).with("mac", Guest.attr(nic, "mac", "address"));
        device = guest.withAddress(guest.withBootIndex(device, nic), nic);
        if (Guest.attr(nic, "rom", "bar").equals("off")) {
            device = device.with("rombar", 0);
        }
        return Guest.attr(nic, "rom", "enabled").equals("no") ? device.with("romfile", "") : device;
    }
}

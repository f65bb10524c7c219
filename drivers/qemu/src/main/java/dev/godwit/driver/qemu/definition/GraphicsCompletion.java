package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where the screen of the guest can be looked at. */
final class GraphicsCompletion implements CompletionStep {

    private static final Set<String> TYPES =
            Set.of("sdl", "vnc", "rdp", "desktop", "spice", "egl-headless", "dbus");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (Device graphics : draft.devices("graphics")) {
            String type = graphics.attr("type").orElseThrow(() -> Refusal.internal("missing graphics device type"));
            if (!TYPES.contains(type)) {
                throw Refusal.badValue("graphics", "type", type);
            }
            if (type.equals("vnc")) {
                graphics.change(GraphicsCompletion::vnc);
            }
        }
    }

    private static Element vnc(Element graphics) {
        Element listen = listen(graphics);
        Element complete = graphics.without("listen").withFirst(listen);
        complete = complete.withoutAttr("listen").withoutAttr("socket");
        return switch (listen.attr("type", "")) {
            case "none" -> complete.withoutAttr("port").withoutAttr("autoport");
            case "socket" -> listen.attr("socket").isPresent()
                    ? complete.withoutAttr("port")
                            .withoutAttr("autoport")
                            .withAttr("socket", listen.attr("socket", ""))
                    : complete.withoutAttr("port").withoutAttr("autoport");
            default -> withPort(complete, listen.attr("address"));
        };
    }

    /** One listener is all VNC has. The attributes of the element itself are an older way to write it. */
    private static Element listen(Element graphics) {
        List<Element> listeners = graphics.elements("listen");
        if (listeners.size() > 1) {
            throw Refusal.unsupported("only one listen element is supported for vnc graphics");
        }
        Optional<String> address = graphics.attr("listen");
        if (listeners.isEmpty()) {
            Optional<String> socket = graphics.attr("socket");
            if (socket.isPresent()) {
                return Element.of("listen").withAttr("type", "socket").withAttr("socket", socket.get());
            }
            Element listen = Element.of("listen").withAttr("type", "address");
            return address.map(value -> listen.withAttr("address", value)).orElse(listen);
        }
        Element listen = listeners.getFirst();
        String type = listen.attr("type")
                .orElseThrow(() -> Refusal.xml("Missing required attribute 'type' in element 'listen'"));
        if (!Set.of("none", "address", "network", "socket").contains(type)) {
            throw Refusal.badValue("listen", "type", type);
        }
        Optional<String> own = listen.attr("address");
        if (type.equals("address") && address.isPresent() && own.isPresent() && !own.equals(address)) {
            throw Refusal.xml(
                    "graphics 'listen' attribute '%s' must match 'address' attribute of first listen element (found '%s')"
                            .formatted(address.get(), own.get()));
        }
        return type.equals("address") && own.isEmpty() && address.isPresent()
                ? listen.withAttr("address", address.get())
                : listen;
    }

    private static Element withPort(Element graphics, Optional<String> address) {
        String text = graphics.attr("port", "");
        int port = 0;
        if (!text.isEmpty()) {
            try {
                port = Integer.parseInt(text.strip());
            } catch (NumberFormatException e) {
                throw Refusal.internal("cannot parse vnc port " + text);
            }
        }
        boolean automatic = graphics.attr("autoport").map("yes"::equals).orElse(port <= 0) || port == -1;
        Element complete = graphics.withoutAttr("port").withoutAttr("autoport");
        if (automatic) {
            complete = complete.withAttr("port", "-1").withAttr("autoport", "yes");
        } else if (port > 0) {
            complete = complete.withAttr("port", port).withAttr("autoport", "no");
        } else {
            complete = complete.withAttr("autoport", "no");
        }
        return address.isPresent() ? complete.withAttr("listen", address.get()) : complete;
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** The VNC server of the guest. Its password is set over QMP, where nobody can read it in a list of processes. */
final class GraphicsArguments implements Part {

    private static final int FIRST_PORT = 5900;

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("graphics")
                .with("type", "vnc")
                .with("port")
                .with("autoport", "yes", "no")
                .with("listen")
                .with("socket")
                .with("keymap")
                .with("sharePolicy", "allow-exclusive", "force-shared", "ignore")
                .with("passwd")
                .child(Shape.of("listen").with("type", "address", "socket", "none").with("address").with("socket")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        for (Element graphics : guest.devices("graphics")) {
            StringBuilder line = new StringBuilder(where(guest, graphics));
            graphics.attr("sharePolicy").ifPresent(policy -> line.append(",share=").append(policy));
            if (graphics.attr("passwd").isPresent()) {
                line.append(",password=on");
            }
            Optional<Element> audio = guest.devices("audio").stream().findFirst();
            audio.ifPresent(backend -> line.append(",audiodev=audio").append(backend.attr("id", "1")));
            out.add("-vnc", line.toString());
            graphics.attr("keymap").ifPresent(keymap -> out.add("-k", keymap));
        }
    }

    private static String where(Guest guest, Element graphics) {
        return switch (Guest.attr(graphics, "listen", "type")) {
            case "none" -> "none";
            case "socket" -> "vnc=unix:" + Arguments.escaped(Guest.optionalAttr(graphics, "listen", "socket")
                    .orElseThrow(() -> guest.unsupported("device <graphics><listen type='socket'> without a path")));
            default -> {
                String address = Guest.attr(graphics, "listen", "address");
                int port = graphics.attr("port").map(Guest::number).orElse(-1);
                if (port < FIRST_PORT) {
                    throw guest.unsupported("device <graphics type='vnc' port='%d'>".formatted(port));
                }
                yield (address.contains(":") ? "[" + address + "]" : address) + ":" + (port - FIRST_PORT);
            }
        };
    }
}

package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.Optional;

/** The host's end of a serial port, console or channel. */
final class CharacterBackend {

    private CharacterBackend() {}

    /** The children that all character devices share, and the kinds of backends. */
    static Shape shape(String kind) {
        return Shape.device(kind)
                .with("type", "pty", "file", "unix", "null", "tcp")
                .with("tty")
                .child(Shape.of("source")
                        .with("mode", "bind", "connect")
                        .with("path")
                        .with("append", "on", "off")
                        .with("host")
                        .with("service")
                        .with("tls", "no")
                        .child(Shape.anything("seclabel")))
                .child(Shape.of("protocol").with("type", "raw", "telnet"))
                .child(Shape.of("log").with("file").with("append", "on", "off"));
    }

    static String id(Element device) {
        return "char" + Guest.alias(device);
    }

    static void append(Guest guest, Element device, Arguments out) {
        String type = device.attr("type", "pty");
        StringBuilder line = new StringBuilder();
        line.append(type.equals("unix") || type.equals("tcp") ? "socket" : type).append(",id=").append(id(device));
        switch (type) {
            case "pty", "null" -> {}
            case "file" -> {
                option(line, "path", path(guest, device));
                // What the guest wrote on the other host must not be lost where both share the file.
                boolean keep = Guest.attr(device, "source", "append").equals("on") || guest.options().incoming();
                option(line, "append", keep ? "on" : "off");
            }
            case "unix" -> {
                option(line, "path", path(guest, device));
                listen(device, line);
            }
            case "tcp" -> {
                option(line, "host", Guest.optionalAttr(device, "source", "host").orElse("0.0.0.0"));
                option(line, "port", Guest.attr(device, "source", "service"));
                if (Guest.attr(device, "protocol", "type").equals("telnet")) {
                    option(line, "telnet", "on");
                }
                listen(device, line);
            }
            default -> throw guest.unsupported("device <%s type='%s'>".formatted(device.name(), type));
        }
        Optional<String> log = Guest.optionalAttr(device, "log", "file");
        log.ifPresent(file -> {
            option(line, "logfile", file);
            option(line, "logappend", Guest.optionalAttr(device, "log", "append").orElse("off"));
        });
        out.add("-chardev", line.toString());
    }

    private static void listen(Element device, StringBuilder line) {
        if (!Guest.attr(device, "source", "mode").equals("connect")) {
            line.append(",server=on,wait=off");
        }
    }

    private static String path(Guest guest, Element device) {
        return Guest.optionalAttr(device, "source", "path")
                .orElseThrow(() -> guest.unsupported("device <%s> without a path".formatted(device.name())));
    }

    private static void option(StringBuilder line, String name, String value) {
        line.append(',').append(name).append('=').append(Arguments.escaped(value));
    }
}

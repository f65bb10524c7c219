package dev.godwit.driver.qemu.qmp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Commands that reach into the guest or its devices: memory, keys, screen, passwords. */
public final class GuestCommands {

    private GuestCommands() {}

    /** Asks how much memory the balloon leaves the guest, in bytes. Refused when there is no balloon. */
    public record QueryBalloon() implements QmpCommand<Long> {
        @Override
        public String name() {
            return "query-balloon";
        }

        @Override
        public Long reply(Json answer) {
            return answer.asObject().integer("actual");
        }
    }

    /**
     * Asks the balloon to leave the guest that much memory.
     *
     * @param bytes how much
     */
    public record Balloon(long bytes) implements QmpCommand.Order {
        @Override
        public String name() {
            return "balloon";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("value", bytes);
        }
    }

    /**
     * Sets the password of a display.
     *
     * @param protocol {@code vnc} or {@code spice}
     * @param password the password
     */
    public record SetPassword(String protocol, String password) implements QmpCommand.Order {
        @Override
        public String name() {
            return "set_password";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("protocol", protocol).with("password", password);
        }

        /** Without the password, for log lines. */
        @Override
        public String toString() {
            return "SetPassword[protocol=" + protocol + "]";
        }
    }

    /**
     * Carries out a command of the human monitor.
     *
     * @param line the command line
     */
    public record HumanMonitorCommand(String line) implements QmpCommand<String> {
        @Override
        public String name() {
            return "human-monitor-command";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("command-line", line);
        }

        /** What it printed, with lines that end in CR LF as QEMU prints them. */
        @Override
        public String reply(Json answer) {
            return answer.asText();
        }
    }

    /**
     * Writes a picture of a screen into a file of the host.
     *
     * @param filename where to, as QEMU sees the file system
     * @param device   the alias of the graphics card; empty for the first
     * @param head     which of its screens; empty for the first
     * @param format   {@code ppm} or {@code png}; empty for {@code ppm}
     */
    public record Screendump(String filename, Optional<String> device, OptionalLong head, Optional<String> format)
            implements QmpCommand.Order {
        @Override
        public String name() {
            return "screendump";
        }

        @Override
        public Json.Obj arguments() {
            Json.Obj arguments = Json.EMPTY.with("filename", filename).withText("device", device);
            if (head.isPresent()) {
                arguments = arguments.with("head", head.getAsLong());
            }
            return arguments.withText("format", format);
        }
    }

    /** Sends a non-maskable interrupt to the default vCPU. */
    public record InjectNmi() implements QmpCommand.Order {
        @Override
        public String name() {
            return "inject-nmi";
        }
    }

    /**
     * Presses keys together and lets them go.
     *
     * @param keycodes   their codes on an AT keyboard (set 1, as QEMU numbers them)
     * @param holdMillis for how long; empty for QEMU's 100 ms
     */
    public record SendKey(List<Integer> keycodes, OptionalLong holdMillis) implements QmpCommand.Order {

        /** Copies the codes. */
        public SendKey {
            keycodes = List.copyOf(keycodes);
        }

        @Override
        public String name() {
            return "send-key";
        }

        @Override
        public Json.Obj arguments() {
            Json.Obj arguments = Json.EMPTY.with("keys", new Json.Arr(keycodes.stream()
                    .<Json>map(code -> Json.EMPTY.with("type", "number").with("data", code))
                    .toList()));
            return holdMillis.isPresent() ? arguments.with("hold-time", holdMillis.getAsLong()) : arguments;
        }
    }
}

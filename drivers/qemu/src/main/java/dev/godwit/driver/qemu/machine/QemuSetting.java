package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.process.PortRange;
import java.util.Map;

/**
 * What the host's configuration says about QEMU guests, under the names it has in {@code qemu.conf}.
 *
 * @param emulator  the emulator of guests that name none ({@code qemu_emulator})
 * @param vncListen where VNC listens unless the guest says otherwise ({@code vnc_listen})
 * @param displays  ports of displays that may have any ({@code remote_display_port_min}, {@code remote_display_port_max})
 */
public record QemuSetting(String emulator, String vncListen, PortRange displays) {

    /** What holds where the configuration says nothing. */
    public static final QemuSetting DEFAULT =
            new QemuSetting("/usr/bin/qemu-system-x86_64", "127.0.0.1", PortRange.DISPLAY);

    /**
     * Reads the driver's part of a configuration.
     *
     * @param options by key
     * @return the setting
     * @throws VirtException 67 for a value that makes no sense
     */
    public static QemuSetting of(Map<String, String> options) {
        String emulator = options.getOrDefault("qemu_emulator", "");
        return new QemuSetting(
                emulator.isEmpty() ? DEFAULT.emulator() : emulator,
                options.getOrDefault("vnc_listen", DEFAULT.vncListen()),
                new PortRange("display",
                        port(options, "remote_display_port_min", DEFAULT.displays().min()),
                        port(options, "remote_display_port_max", DEFAULT.displays().max())));
    }

    private static int port(Map<String, String> options, String key, int otherwise) {
        String value = options.get(key);
        if (value == null || value.isBlank()) {
            return otherwise;
        }
        try {
            return Integer.parseInt(value.strip());
        } catch (NumberFormatException e) {
            throw new VirtException(ErrorCode.CONFIG_UNSUPPORTED, ErrorDomain.QEMU,
                    key + " = " + value + " is not a port");
        }
    }
}

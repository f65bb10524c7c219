package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import java.util.List;
import java.util.Optional;

/** The controllers that disks, channels and consoles refer to, where the document does not have them. */
final class ImplicitControllers implements CompletionStep {

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        for (String bus : List.of("scsi", "fdc", "ide", "sata")) {
            int last = draft.devices("disk").stream()
                    .filter(disk -> disk.childIs("target", "bus", bus) && disk.addressType().equals("drive"))
                    .mapToInt(disk -> addressNumber(disk, "controller"))
                    .max()
                    .orElse(-1);
            for (int i = 0; i <= last; i++) {
                draft.addControllerIfMissing(bus, i, Optional.empty());
            }
        }
        for (String kind : List.of("channel", "console")) {
            for (Device device : draft.devices(kind)) {
                if (device.childIs("target", "type", "virtio")) {
                    int index = device.addressType().equals("virtio-serial") ? addressNumber(device, "controller") : 0;
                    draft.addControllerIfMissing("virtio-serial", index, Optional.empty());
                }
            }
        }
    }

    static int addressNumber(Device device, String attribute) {
        return device.address()
                .flatMap(address -> address.attr(attribute))
                .map(text -> Numbers.parse(text, attribute, "address"))
                .orElse(0);
    }
}

package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Aliases a user has chosen begin with {@code ua-}; all others are ours and are made anew at every start. */
final class UserAliases implements CompletionStep {

    static final String PREFIX = "ua-";

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        Set<String> seen = new HashSet<>();
        for (Device device : draft.allDevices()) {
            Optional<String> alias = device.childAttr("alias", "name");
            if (alias.isEmpty() || device.kind().equals("console")) {
                continue;
            }
            if (!alias.get().matches("[A-Za-z0-9_.-]+")) {
                throw Refusal.badValue("alias", "name", alias.get());
            }
            if (!seen.add(alias.get())) {
                throw Refusal.unsupported("non unique alias detected: " + alias.get());
            }
        }
    }
}

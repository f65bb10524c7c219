package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationCommands.MigrateSetParameters;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateCapabilities;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrateParameters;
import dev.godwit.driver.qemu.qmp.MigrationParameters;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts QEMU's migration settings back to what they were before a migration that left the guest here. What they were is noted in
 * the guest's status file, as {@code migParams}, because the daemon that puts them back may be a later one.
 */
final class QemuMigrationReset {

    private static final System.Logger LOG = System.getLogger(QemuMigrationReset.class.getName());
    private static final String NOTE = "migParams";
    private static final List<String> CHANGED = List.of("tls-creds", "tls-hostname", "max-bandwidth");

    private QemuMigrationReset() {}

    /** Asks QEMU what its settings are and notes it; what an earlier migration noted and never put back stays. */
    static void remember(QemuMachine machine) {
        remember(machine, CHANGED);
    }

    /** The same with the longest pause, for a migration that changes that, too. */
    static void rememberWithDowntime(QemuMachine machine) {
        List<String> changed = new ArrayList<>(CHANGED);
        changed.add("downtime-limit");
        remember(machine, changed);
    }

    private static void remember(QemuMachine machine, List<String> changed) {
        if (machine.noted(NOTE).isPresent()) {
            return;
        }
        MigrationParameters before = machine.ask(new QueryMigrateParameters()).only(changed);
        Element note = Element.of(NOTE);
        for (Map.Entry<String, Json> parameter : before.values().members().entrySet()) {
            String text = parameter.getValue() instanceof Json.Str(String value)
                    ? value
                    : parameter.getValue().toString();
            note = note.with(Element.of("param").withAttr("name", parameter.getKey()).withAttr("value", text));
        }
        machine.note(note);
    }

    /** Puts them back. That it could not be done is not worth more than a line in the log: every migration sets all of them. */
    static void restore(QemuMachine machine) {
        Optional<Element> note = machine.noted(NOTE);
        machine.forget(NOTE);
        if (!machine.answers()) {
            return;
        }
        try {
            machine.ask(new MigrateSetCapabilities(QemuMigrationCapabilities.off(
                    QemuMigrationCapabilities.of(machine.ask(new QueryMigrateCapabilities())))));
            if (note.isPresent()) {
                machine.ask(new MigrateSetParameters(parameters(note.get())));
            }
            QemuMigrationTls.remove(machine);
        } catch (VirtException e) {
            LOG.log(Level.WARNING, "The migration settings of {0} were not put back: {1}", machine, e.getMessage());
        }
    }

    private static MigrationParameters parameters(Element note) {
        Json.Obj values = Json.EMPTY;
        for (Element parameter : note.elements("param")) {
            String name = parameter.attr("name", "");
            String value = parameter.attr("value", "");
            values = name.startsWith("tls-") ? values.with(name, value) : values.with(name, Long.parseLong(value));
        }
        return new MigrationParameters(values);
    }
}

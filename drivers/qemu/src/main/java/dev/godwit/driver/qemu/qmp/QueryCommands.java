package dev.godwit.driver.qemu.qmp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Commands that ask what this QEMU and its machine are made of. */
public final class QueryCommands {

    private QueryCommands() {}

    /** Asks for the version. */
    public record QueryVersion() implements QmpCommand<QmpVersion> {
        @Override
        public String name() {
            return "query-version";
        }

        @Override
        public QmpVersion reply(Json answer) {
            return QmpVersion.of(answer.asObject());
        }
    }

    /** Asks for KVM. */
    public record QueryKvm() implements QmpCommand<KvmInfo> {
        @Override
        public String name() {
            return "query-kvm";
        }

        @Override
        public KvmInfo reply(Json answer) {
            return new KvmInfo(answer.asObject().bool("enabled"), answer.asObject().bool("present"));
        }
    }

    /**
     * What QEMU says of KVM.
     *
     * @param enabled whether this machine uses it
     * @param present whether this QEMU was built with it; not whether the host has it
     */
    public record KvmInfo(boolean enabled, boolean present) {}

    /** Asks for the guest's name. */
    public record QueryName() implements QmpCommand<Optional<String>> {
        @Override
        public String name() {
            return "query-name";
        }

        @Override
        public Optional<String> reply(Json answer) {
            return answer.asObject().optText("name");
        }
    }

    /** Asks for the guest's UUID; all zeros when it has none. */
    public record QueryUuid() implements QmpCommand<String> {
        @Override
        public String name() {
            return "query-uuid";
        }

        @Override
        public String reply(Json answer) {
            return answer.asObject().text("UUID");
        }
    }

    /** Asks for the vCPUs, without stopping them. */
    public record QueryCpusFast() implements QmpCommand<List<CpuInfo>> {
        @Override
        public String name() {
            return "query-cpus-fast";
        }

        @Override
        public List<CpuInfo> reply(Json answer) {
            return answer.asList(cpu -> CpuInfo.of(cpu.asObject()));
        }
    }

    /**
     * A vCPU.
     *
     * @param index    its number, from 0
     * @param threadId the thread of the host that runs it
     * @param qomPath  its object
     * @param target   the architecture, for example {@code x86_64}
     * @param socketId its socket
     * @param coreId   its core within the socket
     * @param coreThreadId its thread within the core
     */
    public record CpuInfo(int index, int threadId, String qomPath, String target, OptionalLong socketId,
            OptionalLong coreId, OptionalLong coreThreadId) {
        private static CpuInfo of(Json.Obj cpu) {
            Json.Obj props = cpu.optObject("props").orElse(Json.EMPTY);
            return new CpuInfo((int) cpu.integer("cpu-index"), (int) cpu.integer("thread-id"), cpu.text("qom-path"),
                    cpu.text("target"), props.optInteger("socket-id"), props.optInteger("core-id"),
                    props.optInteger("thread-id"));
        }
    }

    /** Asks for the character devices. */
    public record QueryChardev() implements QmpCommand<List<ChardevInfo>> {
        @Override
        public String name() {
            return "query-chardev";
        }

        @Override
        public List<ChardevInfo> reply(Json answer) {
            return answer.asList(chardev -> ChardevInfo.of(chardev.asObject()));
        }
    }

    /**
     * A character device.
     *
     * @param label        its name; {@code charserial0} for the serial line with the alias {@code serial0}
     * @param filename     what it is connected to, for example {@code pty:/dev/pts/3} or
     *                     {@code unix:/run/x.sock,server=on}
     * @param frontendOpen whether the guest's side is open
     */
    public record ChardevInfo(String label, String filename, boolean frontendOpen) {

        private static final String PTY = "pty:";

        private static ChardevInfo of(Json.Obj chardev) {
            return new ChardevInfo(chardev.text("label"), chardev.text("filename"), chardev.bool("frontend-open"));
        }

        /**
         * The terminal QEMU opened for it.
         *
         * @return for example {@code /dev/pts/3}; empty if it is not a terminal
         */
        public Optional<String> ptyPath() {
            return filename.startsWith(PTY) ? Optional.of(filename.substring(PTY.length())) : Optional.empty();
        }
    }

    /** Asks for the machine types of this binary. */
    public record QueryMachines() implements QmpCommand<List<MachineInfo>> {
        @Override
        public String name() {
            return "query-machines";
        }

        @Override
        public List<MachineInfo> reply(Json answer) {
            return answer.asList(machine -> MachineInfo.of(machine.asObject()));
        }
    }

    /**
     * A machine type.
     *
     * @param name             for example {@code pc-q35-10.0}
     * @param alias            for example {@code q35}
     * @param isDefault        whether QEMU takes it when told nothing
     * @param maxCpus          the most vCPUs it takes
     * @param hotpluggableCpus whether vCPUs can be added while it runs
     * @param deprecated       whether QEMU will drop it
     * @param defaultCpuType   the type of its vCPUs when told nothing, for example {@code qemu64-x86_64-cpu}
     * @param defaultRamId     the id of the memory backend it makes itself, for example {@code pc.ram}
     * @param acpi             whether it has ACPI; empty before QEMU 8.2, which does not say
     */
    public record MachineInfo(String name, Optional<String> alias, boolean isDefault, int maxCpus,
            boolean hotpluggableCpus, boolean deprecated, Optional<String> defaultCpuType,
            Optional<String> defaultRamId, Optional<Boolean> acpi) {
        private static MachineInfo of(Json.Obj machine) {
            return new MachineInfo(machine.text("name"), machine.optText("alias"),
                    machine.optBool("is-default").orElse(false), (int) machine.integer("cpu-max"),
                    machine.bool("hotpluggable-cpus"), machine.optBool("deprecated").orElse(false),
                    machine.optText("default-cpu-type"), machine.optText("default-ram-id"), machine.optBool("acpi"));
        }
    }

    /** Asks for the CPU models of this binary, with the accelerator it was started with. */
    public record QueryCpuDefinitions() implements QmpCommand<List<CpuDefinition>> {
        @Override
        public String name() {
            return "query-cpu-definitions";
        }

        @Override
        public List<CpuDefinition> reply(Json answer) {
            return answer.asList(model -> CpuDefinition.of(model.asObject()));
        }
    }

    /**
     * A CPU model.
     *
     * @param name                for example {@code Skylake-Client}
     * @param typename            its QOM type
     * @param aliasOf             the versioned model it stands for
     * @param isStatic            whether it is the same in every QEMU
     * @param migrationSafe       whether it is the same on every host
     * @param deprecated          whether QEMU will drop it
     * @param unavailableFeatures what this host lacks for it; empty when it can be used. Absent where QEMU
     *                            does not say
     */
    public record CpuDefinition(String name, String typename, Optional<String> aliasOf, boolean isStatic,
            Optional<Boolean> migrationSafe, boolean deprecated, Optional<List<String>> unavailableFeatures) {
        private static CpuDefinition of(Json.Obj model) {
            return new CpuDefinition(model.text("name"), model.text("typename"), model.optText("alias-of"),
                    model.bool("static"), model.optBool("migration-safe"),
                    model.optBool("deprecated").orElse(false),
                    model.get("unavailable-features").map(list -> list.asList(Json::asText)));
        }
    }

    /**
     * Asks what a CPU model consists of.
     *
     * @param type  {@code static} (as changes of a static model) or {@code full} (every feature)
     * @param model the model's name
     * @param props features changed from the model
     */
    public record QueryCpuModelExpansion(String type, String model, Json.Obj props) implements QmpCommand<CpuModel> {
        @Override
        public String name() {
            return "query-cpu-model-expansion";
        }

        @Override
        public Json.Obj arguments() {
            Json.Obj named = Json.EMPTY.with("name", model);
            return Json.EMPTY.with("type", type)
                    .with("model", props.members().isEmpty() ? named : named.with("props", props));
        }

        @Override
        public CpuModel reply(Json answer) {
            Json.Obj expanded = answer.asObject().object("model");
            return new CpuModel(expanded.text("name"), expanded.optObject("props").orElse(Json.EMPTY));
        }
    }

    /**
     * A CPU model and what is changed of it.
     *
     * @param name  the model
     * @param props name to value: mostly booleans, some numbers and texts
     */
    public record CpuModel(String name, Json.Obj props) {}

    /** Asks for the VNC server. */
    public record QueryVnc() implements QmpCommand<VncInfo> {
        @Override
        public String name() {
            return "query-vnc";
        }

        @Override
        public VncInfo reply(Json answer) {
            Json.Obj vnc = answer.asObject();
            return new VncInfo(vnc.bool("enabled"), vnc.optText("host"), vnc.optText("service"),
                    vnc.optText("family"), vnc.optText("auth"),
                    vnc.list("clients", client -> new VncClient(client.asObject().text("host"),
                            client.asObject().text("service"))));
        }
    }

    /**
     * The VNC server.
     *
     * @param enabled whether there is one
     * @param host    where it listens: an address, or the path of a Unix socket
     * @param service its port
     * @param family  {@code ipv4}, {@code ipv6} or {@code unix}
     * @param auth    how a viewer has to say who it is, for example {@code none} or {@code vnc}
     * @param clients who looks on
     */
    public record VncInfo(boolean enabled, Optional<String> host, Optional<String> service, Optional<String> family,
            Optional<String> auth, List<VncClient> clients) {}

    /**
     * A viewer.
     *
     * @param host    its address
     * @param service its port
     */
    public record VncClient(String host, String service) {}
}

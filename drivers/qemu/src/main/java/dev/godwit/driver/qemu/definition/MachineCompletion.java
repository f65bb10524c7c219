package dev.godwit.driver.qemu.definition;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.MachineType;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.Set;

/**
 * Operating system type, architecture, emulator and machine type.
 *
 * <p>An alias such as {@code q35} is replaced by the versioned name it stands for today: the guest keeps its
 * machine when QEMU is upgraded, and the other host of a migration needs the very same.
 */
final class MachineCompletion implements CompletionStep {

    private static final Set<String> ARCHITECTURES = Set.of(
            "alpha", "armv6l", "armv7l", "armv7b", "aarch64", "cris", "i686", "ia64", "itanium", "lm32", "loongarch64",
            "m68k", "microblaze", "microblazeel", "mips", "mipsel", "mips64", "mips64el", "or32", "parisc", "parisc64",
            "ppc", "ppcle", "ppc64", "ppc64le", "ppcemb", "riscv32", "riscv64", "s390", "s390x", "sh4", "sh4eb",
            "sparc", "sparc64", "unicore32", "x86_64", "xtensa", "xtensaeb");

    @Override
    public void apply(Draft draft, QemuCapabilities capabilities) {
        Element type = draft.domain().child("os", "type").orElseThrow();
        String arch = type.attr("arch", capabilities.arch());
        if (!ARCHITECTURES.contains(arch)) {
            throw Refusal.unsupported("Unknown architecture " + arch);
        }
        if (!arch.equals(capabilities.arch())) {
            throw Refusal.qemuUnsupported("No emulator found for arch '%s'".formatted(arch));
        }
        draft.setEmulatorIfMissing(capabilities);
        requireEmulator(draft, capabilities);
        String osType = type.text().strip();
        if (osType.equals("exe") && !draft.domain().has("os", "init")) {
            throw Refusal.xml("init binary must be specified");
        }
        if (!osType.equals("hvm")) {
            throw Refusal.qemuUnsupported(
                    "Emulator '%s' does not support os type '%s'".formatted(draft.emulator(), osType));
        }
        MachineType machine = machine(type, draft, capabilities);
        int vcpus = Integer.parseInt(draft.domain().childText("vcpu").orElse("1"));
        if (vcpus > machine.maxCpus()) {
            throw Refusal.qemuUnsupported(
                    "Maximum CPUs greater than specified machine type limit %d".formatted(machine.maxCpus()));
        }
        Element complete = type.withAttr("arch", arch).withAttr("machine", machine.name()).withText(osType);
        draft.change(domain -> domain.mapElements("os", os -> os.withReplaced(complete)));
    }

    private static void requireEmulator(Draft draft, QemuCapabilities capabilities) {
        String emulator = draft.emulator();
        if (!emulator.equals(capabilities.emulator())) {
            throw VirtException.raw(
                    ErrorCode.SYSTEM_ERROR,
                    ErrorDomain.QEMU,
                    "Cannot check QEMU binary %s: it is not the one this host was asked about, %s"
                            .formatted(emulator, capabilities.emulator()));
        }
    }

    private static MachineType machine(Element type, Draft draft, QemuCapabilities capabilities) {
        if (type.attr("machine").isEmpty()) {
            return capabilities
                    .preferredMachine()
                    .orElseThrow(() -> new VirtException(
                            ErrorCode.INVALID_ARG,
                            ErrorDomain.QEMU,
                            "could not get preferred machine for %s type=%s"
                                    .formatted(draft.emulator(), draft.type())));
        }
        String wanted = type.attr("machine", "");
        return capabilities
                .machine(wanted)
                .orElseThrow(() -> Refusal.qemuUnsupported(
                        "Emulator '%s' does not support machine type '%s'".formatted(draft.emulator(), wanted)));
    }
}

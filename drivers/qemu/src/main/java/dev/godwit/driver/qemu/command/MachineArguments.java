package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** The board, the accelerator, and the features of the board. */
final class MachineArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("features")
                .child(Shape.of("acpi"))
                .child(Shape.of("apic").with("eoi", "on", "off"))
                .child(Shape.of("pae"))
                .child(Shape.of("hap").with("state", "on", "off"))
                .child(CpuArguments.hypervShape())
                .child(Shape.of("kvm").child(Shape.of("hidden").with("state", "on", "off")))
                .child(Shape.of("pmu").with("state", "on", "off"))
                .child(Shape.of("vmport").with("state", "on", "off"))
                .child(Shape.of("smm").with("state", "on", "off"))
                .child(Shape.of("ioapic").with("driver", "kvm", "qemu"))
                .child(Shape.of("ps2").with("state", "on", "off")));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        StringBuilder machine = new StringBuilder(guest.machine()).append(",usb=off");
        option(machine, "vmport", guest.feature("vmport"));
        option(machine, "smm", guest.feature("smm"));
        guest.domain().child("features", "ioapic").flatMap(ioapic -> ioapic.attr("driver")).ifPresent(driver ->
                machine.append(",kernel_irqchip=").append(driver.equals("kvm") ? "on" : "split"));
        boolean dump = guest.domain().child("memory").filter(m -> m.attrIs("dumpCore", "on")).isPresent();
        machine.append(",dump-guest-core=").append(dump ? "on" : "off");
        if (guest.domain().has("memoryBacking", "nosharepages")) {
            machine.append(",mem-merge=off");
        }
        machine.append(",memory-backend=").append(MemoryArguments.RAM_ID);
        if (guest.domain().child("features", "ps2").filter(ps2 -> ps2.attrIs("state", "off")).isPresent()) {
            machine.append(",i8042=off");
        }
        if (hasBoardOptions(guest)) {
            option(machine, "hpet", hpet(guest));
            machine.append(",acpi=").append(guest.hasFeature("acpi") ? "on" : "off");
        }
        out.add("-machine", machine.toString());
        out.add("-accel", guest.isKvm() ? "kvm" : "tcg");
        if (!hasBoardOptions(guest)) {
            if (hpet(guest).filter("off"::equals).isPresent()) {
                out.add("-no-hpet");
            }
            if (!guest.hasFeature("acpi")) {
                out.add("-no-acpi");
            }
        }
    }

    /** From QEMU 8.0 on, ACPI and HPET are properties of the machine; before, they had arguments of their own. */
    private static boolean hasBoardOptions(Guest guest) {
        return guest.capabilities().atLeast(8, 0);
    }

    private static Optional<String> hpet(Guest guest) {
        Optional<Element> timer = guest.timer("hpet");
        return timer.flatMap(element -> element.attr("present")).map(present -> present.equals("yes") ? "on" : "off");
    }

    private static void option(StringBuilder machine, String name, Optional<String> value) {
        value.ifPresent(text -> machine.append(',').append(name).append('=').append(text));
    }
}

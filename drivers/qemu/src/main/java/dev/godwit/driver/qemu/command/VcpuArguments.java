package dev.godwit.driver.qemu.command;

import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;

/** How many CPUs, and how they are arranged. */
final class VcpuArguments implements Part {

    @Override
    public List<Shape> shapes() {
        return List.of(Shape.of("vcpu").with("placement", "static").with("current"));
    }

    @Override
    public void append(Guest guest, Arguments out) {
        Element vcpu = guest.domain().child("vcpu").orElseThrow(() -> guest.unsupported("a definition without <vcpu>"));
        String maximum = vcpu.text().strip();
        String current = vcpu.attr("current", maximum);
        StringBuilder line = new StringBuilder(current);
        if (!current.equals(maximum)) {
            line.append(",maxcpus=").append(maximum);
        }
        Optional<Element> topology = guest.domain().child("cpu", "topology");
        if (topology.isEmpty()) {
            line.append(",sockets=").append(maximum).append(",cores=1,threads=1");
        } else {
            appendTopology(topology.get(), guest, line);
        }
        out.add("-smp", line.toString());
    }

    private static void appendTopology(Element topology, Guest guest, StringBuilder line) {
        line.append(",sockets=").append(topology.attr("sockets", "1"));
        line.append(",dies=").append(topology.attr("dies", "1"));
        String clusters = topology.attr("clusters", "1");
        // PCs of QEMU 10 have clusters; older ones know the word only for other boards.
        if (guest.capabilities().atLeast(10, 0)) {
            line.append(",clusters=").append(clusters);
        } else if (!clusters.equals("1")) {
            throw guest.unsupported("<topology clusters='%s'> with this QEMU".formatted(clusters));
        }
        line.append(",cores=").append(topology.attr("cores", "1"));
        line.append(",threads=").append(topology.attr("threads", "1"));
    }
}

package dev.godwit.driver.simulated;

import dev.godwit.driver.HostIdentity;
import dev.godwit.driver.HostInformation;
import dev.godwit.xml.Element;
import java.util.Optional;

/** What a simulated host is: always the same machine. */
final class SimulatedHostInformation implements HostInformation {

    private static final int CPUS = 16;
    private static final long MEMORY_KIB = 64L << 20;
    private static final String ARCH = "x86_64";

    private final HostIdentity host;

    SimulatedHostInformation(HostIdentity host) {
        this.host = host;
    }

    @Override
    public String type() {
        return "TEST";
    }

    @Override
    public long version() {
        return 2;
    }

    @Override
    public String capabilities() {
        return Element.of("capabilities",
                Element.of("host",
                        Element.text("uuid", host.uuid().toString()),
                        Element.of("cpu", Element.text("arch", ARCH))),
                Element.of("guest",
                        Element.text("os_type", "hvm"),
                        Element.of("arch", Element.text("wordsize", "64"), Element.of("domain").withAttr("type", "test"))
                                .withAttr("name", ARCH)))
                .print();
    }

    @Override
    public String domainCapabilities(
            Optional<String> emulator, Optional<String> arch, Optional<String> machine, Optional<String> type) {
        return Element.of("domainCapabilities",
                Element.text("domain", "test"),
                Element.text("arch", ARCH),
                Element.of("vcpu").withAttr("max", CPUS))
                .print();
    }

    @Override
    public int maxVirtualCpus(Optional<String> type) {
        return CPUS;
    }

    @Override
    public NodeInfo node() {
        return new NodeInfo(ARCH, MEMORY_KIB, CPUS, 2000, 1, 2, 4, 2);
    }

    @Override
    public long freeMemoryBytes() {
        return MEMORY_KIB * 1024 / 2;
    }

    @Override
    public Optional<String> sysinfo() {
        return Optional.empty();
    }

    @Override
    public byte[] onlineCpus() {
        return new byte[] {(byte) 0xFF, (byte) 0xFF};
    }
}

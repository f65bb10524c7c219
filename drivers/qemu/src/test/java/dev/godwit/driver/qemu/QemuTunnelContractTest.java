package dev.godwit.driver.qemu;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.driver.HypervisorDriver;
import dev.godwit.driver.contract.ContractHost;
import dev.godwit.driver.contract.TunnelContract;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Tag;

/** Guests without a system: their firmware waits for a disk that does not come. */
@Tag("qemu")
class QemuTunnelContractTest extends TunnelContract {

    @Override
    protected HypervisorDriver newDriver() {
        return new QemuDriver();
    }

    @Override
    protected ErrorDomain errorDomain() {
        return ErrorDomain.QEMU;
    }

    @Override
    protected boolean takesConnections() {
        return true;
    }

    /** So much memory that, at 1 MiB/s, even a guest that uses none of it is under way for seconds. */
    @Override
    protected String definition(String name, UUID uuid) {
        return """
                <domain type='qemu'>
                  <name>%s</name>
                  <uuid>%s</uuid>
                  <memory unit='GiB'>2</memory>
                  <vcpu>1</vcpu>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  <features><acpi/></features>
                  <cpu mode='custom' match='exact'><model>qemu64</model></cpu>
                  <devices>
                    <controller type='usb' model='none'/>
                    <memballoon model='none'/>
                  </devices>
                </domain>
                """.formatted(name, uuid);
    }

    @Override
    protected void crash(ContractHost host, DomainRef guest) {
        Path runDir = host.setting().runDir();
        ProcessHandle.allProcesses()
                .filter(process -> arguments(process).contains(runDir + "/")
                        && arguments(process).contains(guest.uuid().toString()))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static String arguments(ProcessHandle process) {
        return process.info().arguments().map(all -> String.join(" ", all)).orElse("");
    }
}

package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.daemon.event.EventHub;
import java.util.Optional;
import java.security.SecureRandom;
import java.nio.file.Path;
import dev.godwit.daemon.access.SaslService;
import dev.godwit.daemon.access.PasswordFile;
import dev.godwit.daemon.handlers.AdminHandlers;
import dev.godwit.daemon.handlers.AllHandlers;
import dev.godwit.daemon.hypervisor.Hypervisor;
import dev.godwit.daemon.hypervisor.Hypervisors;
import dev.godwit.daemon.peer.PeerMigrations;
import dev.godwit.daemon.rpc.TunnelKeys;
import dev.godwit.daemon.rpc.Handlers;
import dev.godwit.driver.HostIdentity;
import dev.godwit.wire.remote.Procedure;
import dev.godwit.wire.remote.Program;
import dev.godwit.wire.remote.RemoteProtocol;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class HandlerCompletenessTest {

    private final Hypervisors hypervisors =
            new Hypervisors(List.of(new Hypervisor("qemu", new FakeHypervisor("qemu"))), true);
    private final Handlers handlers =
            AllHandlers.of(hypervisors, new EventHub(hypervisors.all()),
                    new PeerMigrations(() -> "host", _ -> {
                        throw new AssertionError("nothing is opened here");
                    }), new HostIdentity("host", new UUID(1, 1)), () -> "host", 1, new SaslService(List.of(), new PasswordFile(Path.of("/none")),
                            Optional.empty(), Optional.empty(), new SecureRandom()), new TunnelKeys(new SecureRandom(), true));

    @Test
    void everyProcedureHasAHandlerOrIsSaidToHaveNone() {
        for (Procedure<?, ?> procedure : RemoteProtocol.procedures()) {
            if (procedure.program() == Program.ADMIN) { // on a socket of its own
                assertThat(AdminHandlers.of(1, () -> { }).has(procedure)).as("%s", procedure).isTrue();
                continue;
            }
            assertThat(handlers.has(procedure) ^ AllHandlers.UNSUPPORTED.contains(procedure))
                    .as("%s has a handler, or is on the list UNSUPPORTED, and not both", procedure).isTrue();
        }
    }

    /** What virsh needs for the life of guests and for their migration. */
    @Test
    void nothingThatVirshNeedsIsMissing() {
        int[] needed = {1, 2, 3, 4, 6, 7, 9, 10, 11, 12, 14, 15, 16, 19, 20, 22, 23, 24, 27, 28, 29, 33, 34, 59, 60, 66,
            110, 121, 122, 150, 151, 157, 163, 164, 166, 183, 187, 196, 200, 201, 207, 212, 213, 214, 216, 217, 218, 229,
            231, 234, 242, 245, 258, 273, 281, 283, 293, 298, 299, 300, 302, 303, 305, 306, 307, 316, 317, 342, 344, 350,
            360, 361, 364, 387, 426, 442, 449};
        for (int number : needed) {
            Procedure<?, ?> procedure = RemoteProtocol.procedure(Program.REMOTE.number(), number).orElseThrow();
            assertThat(handlers.has(procedure)).as("%s", procedure).isTrue();
        }
    }
}

package dev.godwit.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.godwit.domain.StateReason;
import dev.godwit.daemon.rpc.WireForms;
import dev.godwit.driver.Guests;
import dev.godwit.wire.remote.ConnectFlags;
import dev.godwit.wire.remote.DomainArgs;
import dev.godwit.wire.remote.DomainFlagsArgs;
import dev.godwit.wire.remote.DomainProcedures;
import dev.godwit.wire.remote.DomainQueryProcedures;
import dev.godwit.wire.remote.NonnullDomain;
import dev.godwit.wire.remote.RemoteError;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ReadOnlyTest {

    private static final NonnullDomain WEB = new NonnullDomain("web", new UUID(1, 2), 3);

    @TempDir
    Path folder;

    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private TestDaemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = TestDaemon.start(folder, new FakeHypervisor("qemu").with(Guests.class,
                FakeHypervisor.answering(Guests.class, (method, args) -> {
                    if (method.equals("byUuid")) { // for the log, whatever is called
                        return WireForms.ref(WEB);
                    }
                    done.add(method);
                    return switch (method) {
                        case "state" -> StateReason.RUNNING_BOOTED;
                        case "xml" -> "<domain/>" + args[1];
                        case "destroy" -> null;
                        default -> throw new AssertionError(method);
                    };
                })));
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void theFlagTakesTheRightToChange() throws Exception {
        try (RawClient client = RawClient.open(daemon.unix(), "qemu:///system", ConnectFlags.READ_ONLY)) {
            cannotChange(client);
        }
    }

    @Test
    void soDoesTheSocket() throws Exception {
        try (RawClient client = RawClient.open(daemon.unixReadOnly(), "qemu:///system")) {
            cannotChange(client);
        }
    }

    private void cannotChange(RawClient client) throws Exception {
        RemoteError error = client.refused(DomainProcedures.DESTROY, new DomainArgs(WEB));
        assertThat(error.code()).isEqualTo(29);
        assertThat(error.domain()).isEqualTo(20);
        assertThat(error.text()).isEqualTo("operation forbidden: read only access prevents virDomainDestroy");
        assertThat(done).isEmpty();

        assertThat(client.call(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0)).state()).isEqualTo(1);
        assertThat(client.call(DomainQueryProcedures.GET_XML_DESC, new DomainFlagsArgs(WEB, 2)).xml())
                .isEqualTo("<domain/>[INACTIVE]");
        for (int secret : new int[] {1, 8, 9}) {
            RemoteError refusal = client.refused(DomainQueryProcedures.GET_XML_DESC, new DomainFlagsArgs(WEB, secret));
            assertThat(refusal.code()).isEqualTo(29);
            assertThat(refusal.text()).isEqualTo("operation forbidden: virDomainGetXMLDesc with secure flag");
        }
    }

    @Test
    void othersMay() throws Exception {
        try (RawClient client = RawClient.open(daemon.unix(), "qemu:///system")) {
            client.call(DomainProcedures.DESTROY, new DomainArgs(WEB));
            assertThat(done).containsExactly("destroy");
        }
    }

    @Test
    void flagsThatAreNotKnownAreRefused() throws Exception {
        try (RawClient client = RawClient.open(daemon.unix(), "qemu:///system")) {
            RemoteError error = client.refused(DomainProcedures.DESTROY_FLAGS, new DomainFlagsArgs(WEB, 0x41));
            assertThat(error.code()).isEqualTo(8);
            assertThat(error.domain()).isEqualTo(10);
            assertThat(error.text()).isEqualTo("unsupported flags (0x40) in function qemuDomainDestroyFlags");
            assertThat(client.refused(DomainQueryProcedures.GET_STATE, new DomainFlagsArgs(WEB, 0x80000000)).text())
                    .isEqualTo("unsupported flags (0x80000000) in function qemuDomainGetState");
            assertThat(done).isEmpty();
        }
    }
}

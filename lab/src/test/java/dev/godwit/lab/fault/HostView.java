package dev.godwit.lab.fault;

import dev.godwit.client.Connection;
import dev.godwit.client.Domain;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.JobType;
import dev.godwit.domain.StateReason;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.lab.host.LabHost;
import dev.godwit.migration.MigrationEntry;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What the daemon of a host says about a guest. Speaks to it over its own Unix socket, from outside the host. */
final class HostView implements AutoCloseable {

    private final LabHost host;
    private final UUID guest;
    private Optional<Connection> open = Optional.empty();

    HostView(LabHost host, UUID guest) {
        this.host = host;
        this.guest = guest;
    }

    private Connection connection() {
        if (open.isEmpty() || open.get().ended().isPresent()) {
            close();
            open = Optional.of(Connection.open("qemu+unix:///system?socket=" + host.localSocket()));
        }
        return open.get();
    }

    /** The guest; empty where the host does not know it. */
    Optional<Domain> domain() {
        try {
            return Optional.of(connection().domains().byUuid(guest));
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Its state; empty where the host does not know it. */
    Optional<StateReason> state() {
        return absentWhenGone(() -> domain().map(Domain::state));
    }

    /** Whether it is in a job. */
    boolean busy() {
        return absentWhenGone(() -> domain().filter(Domain::isActive).map(domain -> domain.jobs().stats().type()))
                .filter(type -> type != JobType.NONE).isPresent();
    }

    /** It may go away between two questions. */
    private static <T> Optional<T> absentWhenGone(java.util.function.Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (VirtException e) {
            if (e.is(ErrorCode.NO_DOMAIN) || e.is(ErrorCode.OPERATION_INVALID)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** The host's journal about it. Only our daemons have one. */
    List<MigrationEntry> journal() {
        return connection().resolution().journal(Optional.of(guest));
    }

    /** What the host says of its migrations, the newest first. Only our daemons do. */
    List<MigrationResolution.Report> reports() {
        return connection().resolution().reports(guest);
    }

    @Override
    public void close() {
        open.ifPresent(Connection::close);
        open = Optional.empty();
    }

    @Override
    public String toString() {
        return host.name();
    }
}

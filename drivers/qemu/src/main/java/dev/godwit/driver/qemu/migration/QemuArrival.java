package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Client;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.qmp.MigrationCommands.QueryMigrate;
import dev.godwit.driver.qemu.qmp.MigrationStatus;
import dev.godwit.driver.qemu.qmp.QmpEvent;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Follows what a receiver says, from the moment it listens until all has come. */
final class QemuArrival implements QmpListener {

    /**
     * How long after the source has sent everything the receiver may still need. Longer means that it reads what came in from a disk
     * or a device that hangs.
     */
    private static final long PATIENCE_SECONDS = 300;

    private static final Pattern ABOUT_TLS = Pattern.compile("certificate|handshake|TLS", Pattern.CASE_INSENSITIVE);

    private final QemuMachine machine;
    private final Client.Registration registration;
    private final CompletableFuture<MigrationStatus> end = new CompletableFuture<>();

    QemuArrival(QemuMachine machine) {
        this.machine = machine;
        this.registration = machine.listen(this);
    }

    @Override
    public void event(QmpEvent event, Instant at) {
        if (event instanceof QmpEvent.Migration(MigrationStatus status) && status.isFinal()) {
            end.complete(status);
        }
    }

    @Override
    public void disconnected(QmpException.Disconnected why) {
        end.completeExceptionally(why);
    }

    /** Nothing of it will come, and QEMU was told nothing of which it could say so. */
    void nothingComes() {
        end.completeExceptionally(new IOException("the tunnel was closed before anything had come"));
    }

    /** Why it has failed by now, in QEMU's words; empty when it has not, or QEMU cannot say it any more. */
    Optional<VirtException> failure() {
        if (end.isCompletedExceptionally() || !machine.answers()) {
            return Optional.empty();
        }
        if (end.getNow(MigrationStatus.NONE) != MigrationStatus.FAILED) {
            // A receiver that refused the sender's certificate waits for the next one, and says so in its log alone.
            return machine.log().tail().filter(text -> ABOUT_TLS.matcher(text).find()).map(QemuArrival::failed);
        }
        try {
            return machine.ask(new QueryMigrate()).errorDescription().map(QemuArrival::failed);
        } catch (VirtException e) {
            return Optional.empty();
        }
    }

    private static VirtException failed(String why) {
        return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "job 'migration in' failed: " + why);
    }

    /**
     * Waits until all has come; returns at once when it has.
     *
     * @throws VirtException 9 when it failed, 1 when QEMU is gone, 68 when nothing more came
     */
    void await() {
        try (registration) {
            MigrationStatus status = end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (status != MigrationStatus.COMPLETED) {
                String why = machine.ask(new QueryMigrate()).errorDescription().orElse("unexpectedly failed");
                throw failed(why);
            }
        } catch (ExecutionException e) {
            throw new VirtException(
                    ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, e.getCause().getMessage(), e.getCause());
        } catch (TimeoutException e) {
            throw new VirtException(ErrorCode.OPERATION_TIMEOUT, ErrorDomain.QEMU,
                    "the guest did not arrive within " + PATIENCE_SECONDS + " s after it was sent");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VirtException(ErrorCode.OPERATION_ABORTED, ErrorDomain.QEMU,
                    "job 'migration in' canceled by client");
        }
    }
}

package dev.godwit.lab.simulation;

import dev.godwit.domain.JobOperation;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.guest.GuestManager;
import dev.godwit.guest.MigrationJob;
import dev.godwit.guest.MigrationPhase;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** A source with one of the {@link Defect}s that are about it, and otherwise the real one. */
final class DefectiveSource implements MigrationSource {

    private final MigrationSource real;
    private final World world;
    private final GuestManager guests;

    DefectiveSource(MigrationSource real, World world, GuestManager guests) {
        this.real = real;
        this.world = world;
        this.guests = guests;
    }

    @Override
    public Offer begin(MigrationRequest request) {
        return real.begin(request);
    }

    @Override
    public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
        return real.perform(request, receiver, control);
    }

    @Override
    public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
        Optional<MigrationJob> sent = sent();
        if (world.has(Defect.CANCEL_IS_OBEYED) && verdict == Verdict.CANCEL && sent.isPresent()) {
            guests.migrations().resumeOutgoing(sent.get());
        } else if (world.has(Defect.CONFIGURATION_STAYS)) {
            Set<MigrationFlag> flags = EnumSet.copyOf(request.flags());
            flags.remove(MigrationFlag.UNDEFINE_SOURCE);
            real.confirm(request.withFlags(flags), cookie, verdict);
        } else {
            real.confirm(request, cookie, verdict);
        }
    }

    @Override
    public void abandon(MigrationRequest request) {
        Optional<MigrationJob> sent = sent();
        if (world.has(Defect.SOURCE_RESUMES_WHEN_LEFT_ALONE) && sent.isPresent()) {
            guests.migrations().resumeOutgoing(sent.get());
        } else {
            real.abandon(request);
        }
    }

    /** The guest's migration, if all was sent and nothing was decided. */
    private Optional<MigrationJob> sent() {
        return guests.registry().find(world.guest()).flatMap(guest -> guest.jobs().migration())
                .filter(job -> job.operation() == JobOperation.MIGRATION_OUT && job.phase() == MigrationPhase.PERFORM_DONE);
    }
}

package dev.godwit.lab.simulation;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.DomainState;
import dev.godwit.domain.MigrationId;
import dev.godwit.driver.MigrationResolution;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.guest.GuestManager;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A destination that answers what it sees, and promises nothing: {@link Defect#QUESTION_LEAVES_THE_DOOR_OPEN}. */
final class DefectiveResolution implements MigrationResolution {

    private final MigrationResolution real;
    private final World world;
    private final GuestManager guests;

    DefectiveResolution(MigrationResolution real, World world, GuestManager guests) {
        this.real = real;
        this.world = world;
        this.guests = guests;
    }

    @Override
    public Standing ask(MigrationId migration, DomainRef guest) {
        if (!world.has(Defect.QUESTION_LEAVES_THE_DOOR_OPEN)) {
            return real.ask(migration, guest);
        }
        return guests.registry().find(guest.uuid()).filter(known -> known.state().state() == DomainState.RUNNING).isPresent()
                ? new Standing(Standing.Answer.ARRIVED, 1, "it runs here")
                : new Standing(Standing.Answer.BARRED, 0, "it does not run here");
    }

    @Override
    public List<Report> reports(UUID guest) {
        return real.reports(guest);
    }

    @Override
    public Standing askAgain(DomainRef guest) {
        return real.askAgain(guest);
    }

    @Override
    public void decide(DomainRef guest, Verdict verdict, boolean force) {
        real.decide(guest, verdict, force);
    }

    @Override
    public List<byte[]> journal(Optional<UUID> guest) {
        return real.journal(guest);
    }
}

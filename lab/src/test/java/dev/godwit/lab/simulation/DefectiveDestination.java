package dev.godwit.lab.simulation;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.simulated.SimulatedMachine;
import java.util.EnumSet;
import java.util.Set;

/** A destination with one of the {@link Defect}s that are about it, and otherwise the real one. */
final class DefectiveDestination implements MigrationDestination {

    private static final int FORGOTTEN_PORT = 50_000;

    private final MigrationDestination real;
    private final World world;
    private final Site site;

    DefectiveDestination(MigrationDestination real, World world, Site site) {
        this.real = real;
        this.world = world;
        this.site = site;
    }

    @Override
    public Receiver prepare(MigrationRequest request, Offer offer) {
        return real.prepare(request, offer);
    }

    @Override
    public boolean sourceAsks(Sent sent) {
        return real.sourceAsks(sent);
    }

    @Override
    public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
        if (verdict == Verdict.CANCEL) {
            if (world.has(Defect.RECEIVER_IS_NOT_KILLED)) {
                throw VirtException.raw(ErrorCode.MIGRATE_FINISH_OK, ErrorDomain.TEST, "migration successfully aborted");
            }
            return real.finish(request, sent, verdict);
        }
        if (world.has(Defect.CPUS_START_BEFORE_THE_HAND_OVER)) {
            world.copy(site).filter(SimulatedMachine::isComplete).ifPresent(SimulatedMachine::resume);
        }
        Arrived arrived = real.finish(changed(request), sent, verdict);
        if (world.has(Defect.PORT_IS_NOT_GIVEN_BACK)) {
            world.copy(site).ifPresent(machine -> machine.host().listen(machine, FORGOTTEN_PORT, FORGOTTEN_PORT));
        }
        return arrived;
    }

    private MigrationRequest changed(MigrationRequest request) {
        if (!world.has(Defect.CONFIGURATION_IS_NOT_WRITTEN)) {
            return request;
        }
        Set<MigrationFlag> flags = EnumSet.copyOf(request.flags());
        flags.remove(MigrationFlag.PERSIST_DEST);
        return request.withFlags(flags);
    }

    @Override
    public void abandon(MigrationRequest request) {
        if (!world.has(Defect.RECEIVER_IS_NOT_KILLED)) {
            real.abandon(request);
        }
    }
}

package dev.godwit.migration;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.MigrationContradictions;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Offer;
import dev.godwit.driver.Receiver;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.util.EnumSet;
import java.util.Set;

/**
 * The request as each host sees it. It grows with the answers, exactly as libvirt's client lets it grow
 * (remote protocol, procedures 302 to 307), so that a stock host cannot tell the difference:
 *
 * <ul>
 *   <li>the source always sees CHANGE_PROTECTION: the guest's shape must hold still from BEGIN to CONFIRM;
 *   <li>the destination never sees flags that concern the source alone;
 *   <li>after BEGIN, {@code destination_xml} is what the source offered, and a guest that was paused
 *       there is to stay paused;
 *   <li>after PREPARE, {@code migrate_uri} is where the receiver waits;
 *   <li>{@code destination_name} is always said from FINISH on.
 * </ul>
 *
 * <p>Belongs to one migration and one thread.
 */
final class MigrationPlan {

    private static final Set<MigrationFlag> SOURCE_ALONE = EnumSet.of(MigrationFlag.ABORT_ON_ERROR,
            MigrationFlag.AUTO_CONVERGE, MigrationFlag.CHANGE_PROTECTION);

    private MigrationRequest request;
    private DomainRef guest;

    MigrationPlan(MigrationRequest request) {
        this.request = request;
        this.guest = new DomainRef(request.nameAtDestination(), request.guest().uuid(), DomainRef.INACTIVE);
    }

    /** What the source is asked now. */
    MigrationRequest source() {
        Set<MigrationFlag> flags = flags();
        flags.add(MigrationFlag.CHANGE_PROTECTION);
        return request.withFlags(flags);
    }

    /**
     * What the source is asked first.
     *
     * @throws PhaseFailed if the request contradicts itself
     */
    MigrationRequest beginning() {
        MigrationContradictions.of(request, ErrorDomain.NONE).ifPresent(error -> {
            throw PhaseFailed.before(Phase.BEGIN, error);
        });
        return source();
    }

    /**
     * What the source is asked when it has to send.
     *
     * @throws PhaseFailed if nobody said where to, and it does not go through a tunnel
     */
    MigrationRequest sending() {
        if (request.uri().isEmpty() && !request.has(MigrationFlag.TUNNELLED)) {
            throw PhaseFailed.before(Phase.PERFORM, new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.NONE,
                    "domainMigratePrepare3 did not set uri"));
        }
        return source();
    }

    /** What the destination is asked now. */
    MigrationRequest destination() {
        Set<MigrationFlag> flags = flags();
        flags.removeAll(SOURCE_ALONE);
        return request.withFlags(flags);
    }

    /** What the destination is asked at FINISH. */
    MigrationRequest finishing() {
        request = request.withDestinationName(request.nameAtDestination());
        return destination();
    }

    /** Takes in what BEGIN answered. */
    Offer heard(Offer offer) {
        if (offer.paused()) {
            Set<MigrationFlag> flags = flags();
            flags.add(MigrationFlag.PAUSED);
            request = request.withFlags(flags);
        }
        request = request.withDestinationXml(offer.xml());
        return offer;
    }

    /** Takes in what PREPARE answered. */
    Receiver heard(Receiver receiver) {
        receiver.uri().ifPresent(uri -> request = request.withUri(uri));
        return receiver;
    }

    /** Takes in what FINISH answered. */
    Arrived heard(Arrived answer) {
        guest = answer.guest();
        return answer;
    }

    /** The guest as it is called at the destination, as far as that was said. */
    DomainRef guest() {
        return guest;
    }

    private Set<MigrationFlag> flags() {
        Set<MigrationFlag> flags = EnumSet.noneOf(MigrationFlag.class);
        flags.addAll(request.flags());
        return flags;
    }
}

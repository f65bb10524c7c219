package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.MigrationId;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationTicket;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Standing;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.migration.JournaledMigration;
import dev.godwit.migration.MigrationOutcome.Owner;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.xml.Element;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * What {@link dev.godwit.driver.MigrationDestination} promises, as far as it is the same for every hypervisor. The hypervisor's own
 * part of each phase comes in as a function.
 *
 * <p>A FINISH that starts the guest and one that cancels never overlap: the second waits for the first and then says how it ended.
 * That is what makes a cancel the question that closes the door.
 */
public final class IncomingMigrations {

    private static final String PREPARE = "remoteDispatchDomainMigratePrepare3Params";
    private static final String FINISH = "remoteDispatchDomainMigrateFinish3Params";

    private final GuestRegistry registry;
    private final GuestMigrations migrations;
    private final MigrationCustody custody;
    private final Settlement settlement;
    private final boolean transientDropsConfig;
    private final ErrorDomain errorDomain;
    private final Verdicts<String> verdicts = new Verdicts<>();

    /**
     * What the hypervisor found when all had come.
     *
     * @param configuration   the source's configuration for this host, where it sent one
     * @param sourceTransient whether the source said that the guest has no configuration there
     * @param figures         the migration's figures
     * @param afterwards      made when the guest runs: its cookie for CONFIRM
     */
    public record Complete(
            Optional<Element> configuration,
            boolean sourceTransient,
            JobStats figures,
            Function<MigrationJob, Answer> afterwards) {}

    /**
     * What is said when the guest runs here.
     *
     * @param cookie  for CONFIRM
     * @param figures the migration's last figures
     */
    public record Answer(Cookie cookie, JobStats figures) {}

    /**
     * The guests that come to a host.
     *
     * @param manager              the host's guests
     * @param transientDropsConfig the host's setting {@code migration_transient_drops_config}
     * @param errorDomain          the subsystem of the errors
     */
    public IncomingMigrations(GuestManager manager, boolean transientDropsConfig, ErrorDomain errorDomain) {
        this.registry = manager.registry();
        this.migrations = manager.migrations();
        this.custody = manager.custody();
        this.settlement = manager.settlement();
        this.transientDropsConfig = transientDropsConfig;
        this.errorDomain = errorDomain;
    }


    /**
     * PREPARE.
     *
     * @param definition complete, with the name and UUID it has here
     * @param hints      what the hypervisor should know when it makes the machine
     * @param request    what is moved and how
     * @param came       what the source says beside what stock hosts do; empty from a stock one
     * @param listen     the hypervisor's part: makes the machine that was started listen
     * @return where it listens
     */
    public Receiver prepare(Element definition, List<Element> hints, MigrationRequest request,
            Optional<MigrationTicket> came, Function<MigrationJob, Receiver> listen) {
        MigrationJob job = migrations.admitIncoming(
                definition, hints, request.reached(), came, WireFlag.mask(request.flags()), PREPARE);
        verdicts.forget(job.guest().name());
        boolean waits = false;
        job.deciding().lock(); // whoever asks meanwhile waits until it is known what he asks about
        try {
            Receiver receiver = listen.apply(job);
            migrations.prepared(job);
            waits = true;
            return receiver;
        } finally {
            try {
                if (!waits) {
                    job.willEnd(Owner.SOURCE, "the receiver could not be made to wait");
                    migrations.discardIncoming(job);
                }
            } finally {
                job.deciding().unlock();
            }
        }
    }

    /**
     * FINISH with GO.
     *
     * @param request  what was moved and how
     * @param said     what the source says beside what stock hosts do; empty from a stock one
     * @param complete the hypervisor's part: waits until all has come
     */
    public Arrived finish(MigrationRequest request, Optional<MigrationTicket> said,
            Function<MigrationJob, Complete> complete) {
        MigrationJob job = migrations.incoming(request.nameAtDestination());
        custody.requireSame(job, said);
        job.deciding().lock();
        try {
            job.holder(FINISH);
            boolean runs = false;
            try {
                custody.finishes(job);
                // In no file: from the hand-over on the journal says it, and before that the guest may still be barred.
                job.note(new MigrationJob.Note(MigrationPhase.FINISH, WireFlag.mask(request.flags()), job.note().started()));
                Complete all = complete.apply(job);
                migrations.finishIncoming(job,
                        ConfigHandling.atDestination(job.guest().persistent(), all.sourceTransient(),
                                request.flags(), transientDropsConfig),
                        all.configuration().map(sent -> Definition.withName(sent, job.guest().name())),
                        request.has(MigrationFlag.PAUSED),
                        all.figures());
                runs = true;
                Answer answer = all.afterwards().apply(job);
                job.guest().completed(answer.figures());
                return new Arrived(job.guest().ref(), answer.cookie());
            } catch (VirtException e) {
                if (isUndecided(job)) {
                    throw undecided(job, e);
                }
                throw custody.handedOver(job) ? e : notHandedOver(job, e);
            } finally {
                if (!runs) {
                    notFinished(job);
                }
            }
        } finally {
            job.deciding().unlock();
        }
    }

    /** Whether a FINISH that failed leaves it to whoever asks next whether the guest runs here. */
    private boolean isUndecided(MigrationJob job) {
        return job.active() && !job.ask().isEmpty() && (!custody.isCertain() || custody.handedOver(job));
    }

    /** An error that nobody takes for a refusal. */
    private VirtException undecided(MigrationJob job, VirtException why) {
        return new VirtException(ErrorCode.OPERATION_TIMEOUT, errorDomain, "the destination of guest '" + job.guest().name()
                + "' cannot write down yet whether it runs there", why);
    }

    /** FINISH did not let the guest run: its receiver goes, where it is certain that it was not handed over. */
    private void notFinished(MigrationJob job) {
        if (!custody.isCertain() && !job.ask().isEmpty()) {
            // The hand-over may be in the file, and who asks is told what is there. A stock source does not ask, and goes on by itself.
            settlement.persist(job, () -> keepOrBar(job));
        } else if (!custody.handedOver(job)) {
            verdicts.remember(job.guest().name(), Verdict.CANCEL);
            // Nothing is lost when this cannot be written down: without a hand-over, whoever asks is told the same.
            job.willEnd(Owner.SOURCE, "FINISH failed");
            migrations.discardIncoming(job);
        }
    }

    private void keepOrBar(MigrationJob job) {
        job.deciding().lock();
        try {
            if (job.active()) {
                migrations.keepOrBarIncoming(job);
            }
        } finally {
            job.deciding().unlock();
        }
    }

    /** An error that nobody takes for "it runs here" or "it ran here": 55 from subsystem 20 means that at the end of FINISH. */
    private VirtException notHandedOver(MigrationJob job, VirtException why) {
        return why.is(ErrorCode.OPERATION_INVALID) && why.domainNumber() == ErrorDomain.DOMAIN.number()
                ? new VirtException(ErrorCode.OPERATION_FAILED, errorDomain, "guest '" + job.guest().name()
                        + "' ended on the destination before it was handed over", why)
                : why;
    }

    /**
     * This host is asked about a migration, in a way that closes the door: see
     * {@link dev.godwit.driver.MigrationResolution#ask}.
     *
     * @param migration which
     * @param uuid      the guest
     * @return what counts from now on
     */
    public Standing ask(MigrationId migration, UUID uuid) {
        Optional<MigrationJob> job = registry.find(uuid).flatMap(guest -> guest.jobs().migration())
                .filter(found -> found.ticket().filter(ticket -> ticket.id().equals(migration)).isPresent());
        if (job.isEmpty()) {
            return answer(migration, uuid, Optional.empty());
        }
        job.get().deciding().lock(); // waits for a FINISH that goes on
        try {
            return answer(migration, uuid, job.filter(MigrationJob::active));
        } finally {
            job.get().deciding().unlock();
        }
    }

    private Standing answer(MigrationId migration, UUID uuid, Optional<MigrationJob> open) {
        custody.requireCertain();
        Optional<JournaledMigration> known = custody.history().find(migration.uuid());
        Optional<UUID> other = known.flatMap(JournaledMigration::guest).filter(guest -> !guest.equals(uuid));
        if (other.isPresent()) {
            return new Standing(Standing.Answer.UNCLEAR, 0, "the destination knows that migration as one of another guest, "
                    + other.get());
        }
        if (known.filter(JournaledMigration::arrived).isPresent()) {
            open.ifPresent(migrations::keepOrBarIncoming); // before anybody is told that it runs here
        } else if (open.isPresent()) {
            verdicts.remember(open.get().guest().name(), Verdict.CANCEL);
            migrations.barIncoming(open.get(), "its source asked, and it had not been handed over");
        } else if (known.flatMap(JournaledMigration::opened).isEmpty() && registry.find(uuid).filter(Guest::active).isPresent()
                && known.flatMap(JournaledMigration::barred).isEmpty()) {
            return new Standing(Standing.Answer.UNCLEAR, 0, "guest " + uuid + " is active on the destination, whose journal does"
                    + " not say how it came there");
        } else {
            custody.bars(migration, uuid, "its source asked, and it had not been handed over");
            known.filter(JournaledMigration::open).ifPresent(left ->
                    custody.closed(left, Owner.SOURCE, "its source asked, and nothing of it was left here"));
        }
        return custody.history().find(migration.uuid()).filter(JournaledMigration::arrived)
                .map(there -> new Standing(Standing.Answer.ARRIVED, there.token(), "it was handed over to the destination at "
                        + Instant.ofEpochMilli(there.handedOver().orElseThrow().atMillis()) + " and "
                        + (registry.find(uuid).filter(Guest::active).isPresent() ? "runs there" : "has ended there since")))
                .orElseGet(() -> new Standing(Standing.Answer.BARRED, 0,
                        "the destination has not been handed it and has promised never to run it by this migration"));
    }

    /**
     * FINISH with CANCEL.
     *
     * @param request what was to be moved
     * @return always the error that is the answer: 93 when the receiver is gone, 55 from subsystem 20 when the guest runs here
     */
    public VirtException cancel(MigrationRequest request) {
        String name = request.nameAtDestination();
        Optional<MigrationJob> open = open(name);
        if (open.isPresent()) {
            MigrationJob job = open.get();
            Optional<VirtException> failure = settlement.persist(job, () -> discard(job, "it was cancelled"));
            if (failure.isPresent()) {
                return failure.get();
            }
        }
        if (verdicts.of(name).isPresent()) {
            return VirtException.raw(
                    ErrorCode.MIGRATE_FINISH_OK, errorDomain, "migration successfully aborted");
        }
        Guest guest = registry.byName(name);
        return guest.active()
                ? new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN,
                        "domain '" + name + "' is already active")
                : new VirtException(ErrorCode.OPERATION_INVALID, errorDomain,
                        "domain '" + name + "' is not processing incoming migration");
    }

    /**
     * The one who drove is gone before FINISH.
     *
     * @param request what was to be moved
     */
    public void abandon(MigrationRequest request) {
        open(name(request)).ifPresent(
                job -> settlement.persist(job, () -> discard(job, "who drove was gone before FINISH")));
    }

    /** The name a request gives the guest here, also before anybody said it aloud. */
    public static String name(MigrationRequest request) {
        return request.destinationName()
                .or(() -> request.destinationXml().map(xml -> Definition.name(Definition.parse(xml))))
                .orElseGet(request::nameAtDestination);
    }

    /** Waits for a FINISH that goes on; ends the receiver for ever if that did not start the guest. */
    private void discard(MigrationJob job, String why) {
        job.deciding().lock();
        try {
            if (!job.active()) {
                return;
            }
            custody.requireCertain();
            if (custody.handedOver(job)) {
                migrations.keepOrBarIncoming(job); // as whoever asks is told
            } else {
                migrations.barIncoming(job, why);
                verdicts.remember(job.guest().name(), Verdict.CANCEL);
            }
        } finally {
            job.deciding().unlock();
        }
    }

    private Optional<MigrationJob> open(String name) {
        return registry.find(name).flatMap(guest -> guest.jobs().migration())
                .filter(job -> job.operation() == JobOperation.MIGRATION_IN);
    }
}

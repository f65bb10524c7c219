package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.JobOperation;
import dev.godwit.domain.JobStats;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Verdict;
import dev.godwit.driver.WireFlag;
import dev.godwit.xml.Element;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * What {@link dev.godwit.driver.MigrationDestination} promises, as far as it is the same for every hypervisor. The hypervisor's own
 * part of each phase comes in as a function.
 *
 * <p>A FINISH that starts the guest and one that cancels never overlap: the second waits for the first and then says how it ended.
 * That is what makes a cancel the question that closes the door.
 */
public final class IncomingMigrations {

    private static final System.Logger LOG = System.getLogger(IncomingMigrations.class.getName());
    private static final String PREPARE = "remoteDispatchDomainMigratePrepare3Params";
    private static final String FINISH = "remoteDispatchDomainMigrateFinish3Params";

    private final GuestRegistry registry;
    private final GuestMigrations migrations;
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
        this.transientDropsConfig = transientDropsConfig;
        this.errorDomain = errorDomain;
    }

    /** Orders the FINISHes of one migration. */
    private record Door(ReentrantLock lock) {

        static Door of(MigrationJob job) {
            return job.attachment(Door.class).orElseThrow();
        }
    }

    /**
     * PREPARE.
     *
     * @param definition complete, with the name and UUID it has here
     * @param hints      what the hypervisor should know when it makes the machine
     * @param request    what is moved and how
     * @param listen     the hypervisor's part: makes the machine that was started listen
     * @return where it listens
     */
    public Receiver prepare(Element definition, List<Element> hints, MigrationRequest request,
            Function<MigrationJob, Receiver> listen) {
        MigrationJob job = migrations.admitIncoming(definition, hints, WireFlag.mask(request.flags()), PREPARE);
        verdicts.forget(job.guest().name());
        job.attach(new Door(new ReentrantLock()));
        boolean waits = false;
        try {
            Receiver receiver = listen.apply(job);
            migrations.prepared(job);
            waits = true;
            return receiver;
        } finally {
            if (!waits) {
                migrations.discardIncoming(job);
            }
        }
    }

    /**
     * FINISH with GO.
     *
     * @param request  what was moved and how
     * @param complete the hypervisor's part: waits until all has come
     */
    public Arrived finish(MigrationRequest request, Function<MigrationJob, Complete> complete) {
        MigrationJob job = migrations.incoming(request.nameAtDestination());
        Door door = Door.of(job);
        door.lock().lock();
        try {
            job.holder(FINISH);
            boolean runs = false;
            try {
                migrations.note(job, MigrationPhase.FINISH, WireFlag.mask(request.flags()));
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
            } finally {
                if (!runs) {
                    verdicts.remember(job.guest().name(), Verdict.CANCEL);
                    migrations.discardIncoming(job);
                }
            }
        } finally {
            door.lock().unlock();
        }
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
            discard(open.get());
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
        try {
            open(name(request)).ifPresent(this::discard);
        } catch (VirtException e) {
            LOG.log(Level.ERROR, "The receiver of guest " + name(request)
                    + " could not be ended after the one who migrated it had gone", e);
        }
    }

    /** The name a request gives the guest here, also before anybody said it aloud. */
    public static String name(MigrationRequest request) {
        return request.destinationName()
                .or(() -> request.destinationXml().map(xml -> Definition.name(Definition.parse(xml))))
                .orElseGet(request::nameAtDestination);
    }

    /** Waits for a FINISH that goes on; ends the receiver if that did not start the guest. */
    private void discard(MigrationJob job) {
        Door door = Door.of(job);
        door.lock().lock();
        try {
            if (job.active()) {
                migrations.discardIncoming(job);
                verdicts.remember(job.guest().name(), Verdict.CANCEL);
            }
        } finally {
            door.lock().unlock();
        }
    }

    private Optional<MigrationJob> open(String name) {
        return registry.find(name).flatMap(guest -> guest.jobs().migration())
                .filter(job -> job.operation() == JobOperation.MIGRATION_IN)
                .filter(job -> job.attachment(Door.class).isPresent());
    }
}

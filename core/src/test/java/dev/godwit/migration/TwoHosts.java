package dev.godwit.migration;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.LostConnectionException;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Arrived;
import dev.godwit.driver.Cookie;
import dev.godwit.driver.MigrationDestination;
import dev.godwit.driver.MigrationRequest;
import dev.godwit.driver.MigrationSource;
import dev.godwit.driver.Offer;
import dev.godwit.driver.PerformControl;
import dev.godwit.driver.Receiver;
import dev.godwit.driver.Sent;
import dev.godwit.driver.Verdict;
import dev.godwit.migration.MigrationProtocol.Phase;
import dev.godwit.migration.MigrationProtocol.Remedy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Two hosts as small as they can be: one guest, and what the protocol does to it. Any phase can be made
 * to fail, to fall silent, or to be the last thing the coordinator does.
 */
final class TwoHosts {

    static final UUID UUID_OF_GUEST = UUID.fromString("c7a5fdbd-cdaf-4455-926a-d65c16db1809");
    static final DomainRef GUEST = new DomainRef("web1", UUID_OF_GUEST, 1);

    /** What goes wrong in a phase. */
    enum Fault {
        /** The host says no, and has cleaned up. */
        REFUSES,
        /** The request never arrives. */
        REQUEST_LOST,
        /** The host does it, and its answer never arrives. */
        ANSWER_LOST,
        /** The coordinator ends while the host is at it, before anything irrevocable was done. */
        COORDINATOR_DIES_DURING,
        /** The coordinator ends when the host has done it. */
        COORDINATOR_DIES_AFTER
    }

    /** The guest, or what there is of it, on one host. */
    enum Copy { NONE, RECEIVER, PAUSED, RUNNING }

    /** The coordinator's own end. Not a {@link RuntimeException}: nothing in the protocol may catch it. */
    static final class CoordinatorDied extends Error {
        CoordinatorDied() {
            super("the coordinator is gone", null, false, false);
        }
    }

    final List<String> calls = new ArrayList<>();
    final Map<Phase, Fault> faults = new EnumMap<>(Phase.class);
    final Map<Phase, MigrationRequest> asked = new EnumMap<>(Phase.class);
    boolean cancelRefusedAtDestination;
    boolean cancelLostAtDestination;
    boolean cancelRefusedAtSource;
    VirtException sourceRefusal =
            new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "the source cannot resume");
    boolean guestWasPaused;
    boolean destinationSaysWhere = true;
    VirtException refusal = new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU, "it does not want to");
    Runnable afterEachPhase = () -> {};

    Copy atSource = Copy.RUNNING;
    Copy atDestination = Copy.NONE;
    boolean doorClosed;
    Optional<Verdict> verdictWritten = Optional.empty();
    private Optional<Phase> lastAtSource = Optional.empty();
    private Optional<Phase> lastAtDestination = Optional.empty();
    private boolean openAtSource;
    private boolean openAtDestination;

    final MigrationSource source = new MigrationSource() {
        @Override
        public Offer begin(MigrationRequest request) {
            note(Phase.BEGIN, request, "begin");
            phase(Phase.BEGIN, () -> {}, () -> {});
            if (guestWasPaused) {
                atSource = Copy.PAUSED;
            }
            return new Offer("<domain/>", cookie("begin"), guestWasPaused);
        }

        @Override
        public Sent perform(MigrationRequest request, Receiver receiver, PerformControl control) {
            note(Phase.PERFORM, request, "perform");
            phase(Phase.PERFORM, () -> atSource = Copy.PAUSED, () -> atSource = Copy.RUNNING);
            return new Sent(cookie("perform"));
        }

        @Override
        public void confirm(MigrationRequest request, Cookie cookie, Verdict verdict) {
            calls.add("confirm " + verdict);
            if (verdict == Verdict.CANCEL) {
                if (cancelRefusedAtSource) {
                    throw sourceRefusal;
                }
                atSource = guestWasPaused ? Copy.PAUSED : Copy.RUNNING;
                return;
            }
            asked.put(Phase.CONFIRM, request);
            verdictWritten = Optional.of(verdict);
            phase(Phase.CONFIRM, () -> atSource = Copy.NONE, () -> {});
        }

        @Override
        public void abandon(MigrationRequest request) {
            throw new AssertionError("the coordinator abandons nobody");
        }
    };

    final MigrationDestination destination = new MigrationDestination() {
        @Override
        public Receiver prepare(MigrationRequest request, Offer offer) {
            note(Phase.PREPARE, request, "prepare");
            phase(Phase.PREPARE, () -> atDestination = Copy.RECEIVER, () -> atDestination = Copy.NONE);
            return new Receiver(destinationSaysWhere ? Optional.of("tcp:b:49152") : Optional.empty(),
                    cookie("prepare"));
        }

        @Override
        public Arrived finish(MigrationRequest request, Sent sent, Verdict verdict) {
            if (verdict == Verdict.CANCEL) {
                calls.add("finish CANCEL");
                return cancel();
            }
            note(Phase.FINISH, request, "finish GO");
            phase(Phase.FINISH, () -> {
                if (doorClosed || atDestination != Copy.RECEIVER) {
                    throw new VirtException(ErrorCode.NO_DOMAIN, ErrorDomain.QEMU, "no domain with matching name");
                }
                atDestination = Copy.RUNNING;
            }, () -> atDestination = Copy.NONE);
            return new Arrived(new DomainRef(request.nameAtDestination(), UUID_OF_GUEST, 7), cookie("finish"));
        }

        @Override
        public void abandon(MigrationRequest request) {
            throw new AssertionError("the coordinator abandons nobody");
        }
    };

    MigrationOutcome migrate(MigrationRequest request) {
        return MigrationProtocol.run(source, destination, request, PerformControl.NONE);
    }

    /** What the destination answers to a cancel: the question that closes the door. */
    private Arrived cancel() {
        if (cancelLostAtDestination) {
            throw new LostConnectionException("b", "client socket is closed", null);
        }
        if (cancelRefusedAtDestination) {
            throw new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU, "the receiver does not end");
        }
        if (atDestination == Copy.RUNNING) {
            throw new VirtException(ErrorCode.OPERATION_INVALID, ErrorDomain.DOMAIN, "domain 'web1' is already active");
        }
        doorClosed = true;
        atDestination = Copy.NONE;
        throw VirtException.raw(ErrorCode.MIGRATE_FINISH_OK, ErrorDomain.QEMU, "migration successfully aborted");
    }

    /**
     * Both hosts are left alone and do what the table says.
     *
     * @param first who notices first
     * @return the cells that were read, as "PHASE column"
     */
    List<String> abandon(Host first) {
        List<String> cells = new ArrayList<>();
        for (Host host : List.of(first, first.other())) {
            Optional<Phase> last = host == Host.SOURCE ? lastAtSource : lastAtDestination;
            boolean open = host == Host.SOURCE ? openAtSource : openAtDestination;
            last.ifPresent(phase -> {
                cells.add(phase + (open ? " abandonedDuring" : " abandonedAfter"));
                carryOut(open ? phase.abandonedDuring() : phase.abandonedAfter());
            });
        }
        return cells;
    }

    private void carryOut(Remedy remedy) {
        switch (remedy) {
            case NOTHING, FORGET -> { }
            case KILL_RECEIVER -> atDestination = Copy.NONE;
            case CANCEL_AND_RESUME -> atSource = guestWasPaused ? Copy.PAUSED : Copy.RUNNING;
            case KEEP_IF_RUNNING -> {
                if (atDestination != Copy.RUNNING) {
                    atDestination = Copy.NONE;
                }
            }
            case ASK_DESTINATION -> {
                try {
                    cancel();
                } catch (VirtException answer) {
                    if (answer.is(ErrorCode.MIGRATE_FINISH_OK)) {
                        atSource = guestWasPaused ? Copy.PAUSED : Copy.RUNNING;
                    } else if (answer.is(ErrorCode.OPERATION_INVALID)) {
                        atSource = Copy.NONE;
                    }
                }
            }
            case OBEY_VERDICT -> {
                if (verdictWritten.equals(Optional.of(Verdict.GO))) {
                    atSource = Copy.NONE;
                }
            }
            case HOLD -> throw new AssertionError("there is no post-copy here");
        }
    }

    private void note(Phase phase, MigrationRequest request, String call) {
        calls.add(call);
        asked.put(phase, request);
    }

    private void phase(Phase phase, Runnable act, Runnable cleanUp) {
        Fault fault = faults.get(phase);
        if (fault == Fault.REQUEST_LOST) {
            throw new LostConnectionException("somewhere", "client socket is closed", null);
        }
        entered(phase, true);
        if (fault == Fault.COORDINATOR_DIES_DURING) {
            throw new CoordinatorDied();
        }
        if (fault == Fault.REFUSES) {
            cleanUp.run();
            entered(phase, false);
            throw refusal;
        }
        act.run();
        entered(phase, false);
        afterEachPhase.run();
        if (fault == Fault.ANSWER_LOST) {
            throw new LostConnectionException("somewhere", "client socket is closed", null);
        }
        if (fault == Fault.COORDINATOR_DIES_AFTER) {
            throw new CoordinatorDied();
        }
    }

    private void entered(Phase phase, boolean open) {
        if (phase.runsOn() == Host.SOURCE) {
            lastAtSource = Optional.of(phase);
            openAtSource = open;
        } else {
            lastAtDestination = Optional.of(phase);
            openAtDestination = open;
        }
    }

    private static Cookie cookie(String text) {
        return Cookie.of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}

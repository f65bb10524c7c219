package dev.godwit.migration;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.migration.MigrationProtocol.Phase;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a migration ended. Every ending names who may run the guest from now on. */
public sealed interface MigrationOutcome {

    /** Who may run the guest. */
    Owner owner();

    /** What the hosts said when it did not go as asked, the first cause first; empty when it did. */
    List<Cause> causes();

    /**
     * The error for a caller who wants the guest moved and nothing else.
     *
     * @return empty when the guest is at the destination, whatever else happened
     */
    Optional<VirtException> failure();

    /** Who may run a guest after a migration. */
    enum Owner {
        /** The host it was on. */
        SOURCE,
        /** The host it went to. */
        DESTINATION,
        /** One of the two, and it is not known which: look before starting anything. */
        UNKNOWN,
        /** Nobody: the guest has ended. */
        NOBODY
    }

    /**
     * What one host said.
     *
     * @param host  which of the two
     * @param error its words; {@link VirtException#host()} is its name, where known
     */
    record Cause(Host host, VirtException error) {
        @Override
        public String toString() {
            return host.name().toLowerCase(Locale.ROOT)
                    + error.host().map(name -> " " + name).orElse("") + ": " + error.getMessage();
        }
    }

    /**
     * It moved.
     *
     * @param guest as it is called at the destination
     */
    record Completed(DomainRef guest) implements MigrationOutcome {
        @Override
        public Owner owner() {
            return Owner.DESTINATION;
        }

        @Override
        public List<Cause> causes() {
            return List.of();
        }

        @Override
        public Optional<VirtException> failure() {
            return Optional.empty();
        }
    }

    /**
     * It moved, and the source did not confirm: a paused copy may still be there, to be destroyed.
     *
     * @param guest  as it is called at the destination
     * @param causes what the source said
     */
    record LeftBehind(DomainRef guest, List<Cause> causes) implements MigrationOutcome {
        public LeftBehind {
            causes = List.copyOf(causes);
        }

        @Override
        public Owner owner() {
            return Owner.DESTINATION;
        }

        @Override
        public Optional<VirtException> failure() {
            return Optional.empty();
        }
    }

    /**
     * It did not move.
     *
     * @param at     the phase it stopped at
     * @param causes why, and after that what a host said that could not be told
     */
    record RolledBack(Phase at, List<Cause> causes) implements MigrationOutcome {
        public RolledBack {
            causes = List.copyOf(causes);
        }

        @Override
        public Owner owner() {
            return Owner.SOURCE;
        }

        @Override
        public Optional<VirtException> failure() {
            return Optional.of(merged(causes));
        }
    }

    /**
     * The destination did not say whether it started the guest. It is paused at the source and stays so.
     *
     * @param causes what was heard
     */
    record InDoubt(List<Cause> causes) implements MigrationOutcome {

        private static final String DOUBT = "the destination did not say whether the guest runs there";

        public InDoubt {
            causes = List.copyOf(causes);
        }

        /** Whether that is what an error says: a source that drives by itself answers with nothing else. */
        public static boolean isSaidBy(VirtException error) {
            return String.valueOf(error.getMessage()).contains(DOUBT);
        }

        @Override
        public Owner owner() {
            return Owner.UNKNOWN;
        }

        @Override
        public Optional<VirtException> failure() {
            VirtException first = causes.getFirst().error();
            if (isSaidBy(first)) {
                return Optional.of(first); // a source that drives has said all of it already
            }
            return Optional.of(new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.NONE,
                    DOUBT + ", so it stays paused at the source. Start and destroy it nowhere before that is known: a"
                            + " godwitd at the source asks by itself until it is, and 'godwit migrate-resolve' shows what both"
                            + " hosts say; a libvirtd there does not: look at the destination. " + first.getMessage(), first));
        }
    }

    /**
     * Somebody else drives it, and can no longer be seen: the connection to him was lost in the middle. The migration
     * goes on to its end without us.
     *
     * @param causes how he was lost
     */
    record OutOfSight(List<Cause> causes) implements MigrationOutcome {
        public OutOfSight {
            causes = List.copyOf(causes);
        }

        @Override
        public Owner owner() {
            return Owner.UNKNOWN;
        }

        @Override
        public Optional<VirtException> failure() {
            VirtException first = causes.getFirst().error();
            return Optional.of(new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.NONE,
                    "the migration goes on without being watched, because the source drives it. Look at both hosts"
                            + " before starting anything. " + first.getMessage(), first));
        }
    }

    /**
     * The guest's own process ended while it moved; nobody has it now.
     *
     * @param host   where it ended
     * @param causes how
     */
    record Died(Host host, List<Cause> causes) implements MigrationOutcome {
        public Died {
            causes = List.copyOf(causes);
        }

        @Override
        public Owner owner() {
            return Owner.NOBODY;
        }

        @Override
        public Optional<VirtException> failure() {
            return Optional.of(merged(causes));
        }
    }

    /**
     * The one error that says what several hosts said. Where the source could not send and the
     * destination knows something about it, both are told to the user as libvirt's client does;
     * otherwise the first cause speaks for all.
     */
    private static VirtException merged(List<Cause> causes) {
        VirtException first = causes.getFirst().error();
        if (causes.getFirst().host() == Host.SOURCE && isQemuFailure(first)) {
            for (Cause other : causes) {
                if (other.host() == Host.DESTINATION && other.error().domainNumber() == ErrorDomain.QEMU.number()) {
                    return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.NONE,
                            "migration failed. Message from the source host: " + first.getMessage()
                                    + ". Message from the destination host: " + other.error().getMessage(), first);
                }
            }
        }
        return first;
    }

    private static boolean isQemuFailure(VirtException error) {
        return error.is(ErrorCode.OPERATION_FAILED) && error.domainNumber() == ErrorDomain.QEMU.number();
    }
}

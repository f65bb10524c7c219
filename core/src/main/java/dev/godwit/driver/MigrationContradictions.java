package dev.godwit.driver;

import static dev.godwit.domain.ErrorCode.ARGUMENT_UNSUPPORTED;
import static dev.godwit.domain.ErrorCode.INVALID_ARG;
import static dev.godwit.domain.ErrorCode.OPERATION_INVALID;
import static dev.godwit.domain.ErrorCode.OPERATION_UNSUPPORTED;
import static dev.godwit.driver.MigrationFlag.LIVE;
import static dev.godwit.driver.MigrationFlag.NON_SHARED_DISK;
import static dev.godwit.driver.MigrationFlag.NON_SHARED_INC;
import static dev.godwit.driver.MigrationFlag.NON_SHARED_SYNCHRONOUS_WRITES;
import static dev.godwit.driver.MigrationFlag.OFFLINE;
import static dev.godwit.driver.MigrationFlag.PARALLEL;
import static dev.godwit.driver.MigrationFlag.PAUSED;
import static dev.godwit.driver.MigrationFlag.PEER2PEER;
import static dev.godwit.driver.MigrationFlag.PERSIST_DEST;
import static dev.godwit.driver.MigrationFlag.POSTCOPY;
import static dev.godwit.driver.MigrationFlag.TLS;
import static dev.godwit.driver.MigrationFlag.TUNNELLED;
import static dev.godwit.driver.MigrationFlag.ZEROCOPY;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What a migration cannot be at the same time. The same on every hypervisor, so it is asked once, before
 * anything happens, and all contradictions are told at once. Codes and sentences are those a user of
 * libvirt knows, whichever of its parts says them there.
 */
public final class MigrationContradictions {

    private record Rule(ErrorCode code, String text, Predicate<MigrationRequest> contradicts) {}

    private static final List<Rule> RULES = List.of(
            rule(INVALID_ARG, "flags 'non-shared-disk' and 'non-shared-inc' in migrate are mutually exclusive",
                    r -> r.has(NON_SHARED_DISK) && r.has(NON_SHARED_INC)),
            rule(INVALID_ARG, "flags 'tunnelled' and 'parallel' in migrate are mutually exclusive",
                    r -> r.has(TUNNELLED) && r.has(PARALLEL)),
            rule(INVALID_ARG, "synchronous writes require a copy of non-shared storage",
                    r -> r.has(NON_SHARED_SYNCHRONOUS_WRITES) && !copiesDisks(r)),
            rule(INVALID_ARG, "cannot perform tunnelled migration without using peer2peer flag",
                    r -> r.has(TUNNELLED) && !r.has(PEER2PEER)),
            rule(ARGUMENT_UNSUPPORTED, "migration URI is not supported by tunnelled migration",
                    r -> r.has(TUNNELLED) && r.uri().isPresent()),
            rule(ARGUMENT_UNSUPPORTED, "listen address is not supported by tunnelled migration",
                    r -> r.has(TUNNELLED) && r.listenAddress().isPresent()),
            rule(ARGUMENT_UNSUPPORTED, "TLS is not supported by tunnelled migration, which is encrypted as the"
                            + " connection of the daemons is",
                    r -> r.has(TUNNELLED) && r.has(TLS)),
            rule(OPERATION_UNSUPPORTED,
                    "migration of non-shared storage is not supported with tunnelled migration and this QEMU",
                    r -> r.has(TUNNELLED) && copiesDisks(r)),
            rule(ARGUMENT_UNSUPPORTED, "post-copy is not supported with tunnelled migration",
                    r -> r.has(POSTCOPY) && r.has(TUNNELLED)),
            rule(ARGUMENT_UNSUPPORTED, "post-copy migration is not supported with non-live or paused migration",
                    r -> r.has(POSTCOPY) && (!r.has(LIVE) || r.has(PAUSED))),
            rule(OPERATION_INVALID, "offline migration cannot handle non-shared storage",
                    r -> r.has(OFFLINE) && copiesDisks(r)),
            rule(OPERATION_INVALID, "offline migration must be specified with the persistent flag set",
                    r -> r.has(OFFLINE) && !r.has(PERSIST_DEST)),
            rule(OPERATION_INVALID, "tunnelled offline migration does not make sense",
                    r -> r.has(OFFLINE) && r.has(TUNNELLED)),
            rule(OPERATION_INVALID, "zero-copy is only available for parallel migration",
                    r -> r.has(ZEROCOPY) && !r.has(PARALLEL)));

    private MigrationContradictions() {}

    /**
     * What is wrong with a request in itself.
     *
     * @param request what is asked
     * @param domain  the subsystem of the error
     * @return empty when it can be carried out as far as anybody can see from here; otherwise one error
     *         with the code of the first contradiction and the sentences of all
     */
    public static Optional<VirtException> of(MigrationRequest request, ErrorDomain domain) {
        List<Rule> broken = new ArrayList<>();
        for (Rule rule : RULES) {
            if (rule.contradicts().test(request)) {
                broken.add(rule);
            }
        }
        if (broken.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new VirtException(broken.getFirst().code(), domain,
                broken.stream().map(Rule::text).collect(Collectors.joining("; "))));
    }

    private static Rule rule(ErrorCode code, String text, Predicate<MigrationRequest> contradicts) {
        return new Rule(code, text, contradicts);
    }

    private static boolean copiesDisks(MigrationRequest request) {
        return request.has(NON_SHARED_DISK) || request.has(NON_SHARED_INC);
    }
}

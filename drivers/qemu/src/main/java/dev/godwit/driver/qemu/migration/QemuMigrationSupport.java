package dev.godwit.driver.qemu.migration;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.Host;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.MigrationContradictions;
import dev.godwit.driver.MigrationFlag;
import dev.godwit.driver.MigrationRequest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What this release can be asked for. Everything else is refused by its name before anything happens; a
 * flag that is quietly ignored would move a guest in a way its owner did not ask for.
 */
final class QemuMigrationSupport {

    private static final Set<MigrationFlag> FLAGS = EnumSet.of(
            MigrationFlag.LIVE,
            MigrationFlag.PEER2PEER,
            MigrationFlag.TUNNELLED,
            MigrationFlag.PERSIST_DEST,
            MigrationFlag.UNDEFINE_SOURCE,
            MigrationFlag.PAUSED,
            MigrationFlag.CHANGE_PROTECTION,
            MigrationFlag.UNSAFE,
            MigrationFlag.ABORT_ON_ERROR,
            MigrationFlag.AUTO_CONVERGE,
            MigrationFlag.TLS);

    /** Parameters that concern the source alone; a client sends every parameter to both hosts. */
    private static final Set<String> SOURCE_ALONE = Set.of("auto_converge.initial", "auto_converge.increment",
            "bandwidth.avail.switchover", "bandwidth.postcopy", "migrate_disks_detect_zeroes");

    /** The largest bandwidth that still is a number of bytes: (2^63 - 1) / 2^20 MiB/s. */
    private static final long MAX_MIB = Long.MAX_VALUE >> 20;

    private QemuMigrationSupport() {}

    /**
     * Refuses what cannot be done.
     *
     * @param request what is asked
     * @param side    which of the two hosts this is
     * @throws VirtException naming all that is wrong
     */
    static void check(MigrationRequest request, Host side) {
        MigrationContradictions.of(request, ErrorDomain.QEMU).ifPresent(contradiction -> {
            throw contradiction;
        });
        List<String> missing = new ArrayList<>();
        for (MigrationFlag flag : MigrationFlag.values()) {
            if (request.has(flag) && !FLAGS.contains(flag)) {
                missing.add("flag VIR_MIGRATE_" + flag.name());
            }
        }
        for (String parameter : request.others()) {
            if (side == Host.SOURCE || !SOURCE_ALONE.contains(parameter)) {
                missing.add("parameter '" + parameter + "'");
            }
        }
        if (side == Host.SOURCE && request.graphicsUri().isPresent()) {
            missing.add("parameter 'graphics_uri'");
        }
        if (!missing.isEmpty()) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.QEMU,
                    "this release cannot migrate with " + String.join(", ", missing));
        }
        if (request.bandwidthMiB().orElse(0) > MAX_MIB || request.bandwidthMiB().orElse(0) < 0) {
            throw new VirtException(ErrorCode.OVERFLOW, ErrorDomain.QEMU,
                    "bandwidth must be less than " + (MAX_MIB + 1) + "ULL");
        }
    }

    /**
     * Refuses what cannot be done without anybody at the destination.
     *
     * @param request what is asked
     * @throws VirtException naming all that is wrong
     */
    static void checkUnmanaged(MigrationRequest request) {
        check(request, Host.SOURCE);
        List<String> needed = new ArrayList<>();
        for (MigrationFlag flag : List.of(MigrationFlag.PERSIST_DEST, MigrationFlag.PAUSED)) {
            if (request.has(flag)) {
                needed.add("flag VIR_MIGRATE_" + flag.name());
            }
        }
        request.destinationName().ifPresent(_ -> needed.add("parameter 'destination_name'"));
        request.destinationXml().ifPresent(_ -> needed.add("parameter 'destination_xml'"));
        request.persistentXml().ifPresent(_ -> needed.add("parameter 'persistent_xml'"));
        request.listenAddress().ifPresent(_ -> needed.add("parameter 'listen_address'"));
        if (!needed.isEmpty()) {
            throw new VirtException(ErrorCode.ARGUMENT_UNSUPPORTED, ErrorDomain.QEMU,
                    "there is nobody at the destination of a direct migration to see to " + String.join(", ", needed));
        }
    }

    /** The bandwidth of the request in MiB/s; 0 and nothing said are the same. */
    static Optional<Long> bandwidthMiB(MigrationRequest request) {
        long mib = request.bandwidthMiB().orElse(0);
        return mib == 0 ? Optional.empty() : Optional.of(mib);
    }
}

package dev.godwit.driver.qemu.qmp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything {@code query-migrate} says. What QEMU left out is empty: before the first migration that
 * is all of it.
 *
 * @param status                     the state; {@link MigrationStatus#NONE} when QEMU says none
 * @param ram                        the guest's memory
 * @param disk                       the disks of a block migration (until QEMU 9.0)
 * @param vfio                       what assigned devices sent, in bytes
 * @param xbzrleCache                the cache of {@code xbzrle}
 * @param compression                compression by threads (until QEMU 9.0)
 * @param totalTime                  how long it takes or took, in milliseconds
 * @param expectedDowntime           the pause that is expected, in milliseconds
 * @param downtime                   the pause there was, in milliseconds; once it is completed
 * @param setupTime                  how long it took before memory was sent, in milliseconds
 * @param cpuThrottlePercentage      how much the guest is slowed down; while it is
 * @param errorDescription           why it failed
 * @param blockedReasons             why this guest cannot be migrated
 * @param postcopyBlocktime          how long vCPUs waited for memory in post-copy, in milliseconds
 * @param socketAddresses            where an incoming migration listens
 * @param dirtyLimitThrottleTime     how long vCPUs were held back in a round, in microseconds
 * @param dirtyLimitRingFullTime     how long until the ring of dirty pages was full, in microseconds
 */
public record MigrationInfo(
        MigrationStatus status,
        Optional<Transfer> ram,
        Optional<Transfer> disk,
        OptionalLong vfio,
        Optional<XbzrleCache> xbzrleCache,
        Optional<Compression> compression,
        OptionalLong totalTime,
        OptionalLong expectedDowntime,
        OptionalLong downtime,
        OptionalLong setupTime,
        OptionalLong cpuThrottlePercentage,
        Optional<String> errorDescription,
        List<String> blockedReasons,
        OptionalLong postcopyBlocktime,
        List<SocketAddress> socketAddresses,
        OptionalLong dirtyLimitThrottleTime,
        OptionalLong dirtyLimitRingFullTime) {

    /**
     * How much of the guest's memory, or of its disks, has been sent.
     *
     * @param transferred       what went over the connection, in bytes
     * @param remaining         what is left, in bytes
     * @param total             the size, in bytes
     * @param duplicate         pages of one and the same byte
     * @param normal            pages sent as they are
     * @param normalBytes       the same in bytes
     * @param dirtyPagesRate    pages the guest writes a second
     * @param mbps              throughput, in megabits a second
     * @param dirtySyncCount    passes over the memory so far: iterations
     * @param postcopyRequests  pages the destination asked for
     * @param pageSize          of a page, in bytes
     * @param multifdBytes      what went over the connections of {@code multifd}
     * @param pagesPerSecond    pages sent a second
     * @param precopyBytes      sent before the guest was stopped
     * @param downtimeBytes     sent while it was stopped
     * @param postcopyBytes     sent after it started at the destination
     */
    public record Transfer(
            long transferred,
            long remaining,
            long total,
            long duplicate,
            long normal,
            long normalBytes,
            long dirtyPagesRate,
            double mbps,
            long dirtySyncCount,
            long postcopyRequests,
            long pageSize,
            long multifdBytes,
            long pagesPerSecond,
            long precopyBytes,
            long downtimeBytes,
            long postcopyBytes) {

        private static Transfer of(Json.Obj ram) {
            return new Transfer(
                    ram.integer("transferred"),
                    ram.integer("remaining"),
                    ram.integer("total"),
                    ram.integer("duplicate"),
                    ram.integer("normal"),
                    ram.integer("normal-bytes"),
                    ram.integer("dirty-pages-rate"),
                    ram.number("mbps"),
                    ram.integer("dirty-sync-count"),
                    ram.integer("postcopy-requests"),
                    ram.integer("page-size"),
                    ram.integer("multifd-bytes"),
                    ram.integer("pages-per-second"),
                    ram.optInteger("precopy-bytes").orElse(0),
                    ram.optInteger("downtime-bytes").orElse(0),
                    ram.optInteger("postcopy-bytes").orElse(0));
        }
    }

    /**
     * The cache of {@code xbzrle}.
     *
     * @param cacheSize     its size, in bytes
     * @param bytes         changes sent, in bytes
     * @param pages         pages sent as changes
     * @param cacheMiss     pages that were not in it
     * @param cacheMissRate the share of them
     * @param encodingRate  how much the changes save
     * @param overflow      pages whose changes were larger than they
     */
    public record XbzrleCache(long cacheSize, long bytes, long pages, long cacheMiss, double cacheMissRate,
            double encodingRate, long overflow) {
        private static XbzrleCache of(Json.Obj cache) {
            return new XbzrleCache(
                    cache.integer("cache-size"),
                    cache.integer("bytes"),
                    cache.integer("pages"),
                    cache.integer("cache-miss"),
                    cache.number("cache-miss-rate"),
                    cache.number("encoding-rate"),
                    cache.integer("overflow"));
        }
    }

    /**
     * Compression by threads.
     *
     * @param pages           pages compressed
     * @param busy            how often no thread was free
     * @param busyRate        the share of that
     * @param compressedSize  what was sent of them, in bytes
     * @param compressionRate how much it saved
     */
    public record Compression(long pages, long busy, double busyRate, long compressedSize, double compressionRate) {
        private static Compression of(Json.Obj compression) {
            return new Compression(
                    compression.integer("pages"),
                    compression.integer("busy"),
                    compression.number("busy-rate"),
                    compression.integer("compressed-size"),
                    compression.number("compression-rate"));
        }
    }

    /**
     * Where an incoming migration listens.
     *
     * @param type {@code inet}, {@code unix}, {@code vsock} or {@code fd}
     * @param host the address, or the path of a Unix socket
     * @param port the port; empty where there is none
     */
    public record SocketAddress(String type, String host, Optional<String> port) {
        private static SocketAddress of(Json.Obj address) {
            return new SocketAddress(
                    address.text("type"),
                    address.optText("host").or(() -> address.optText("path")).or(() -> address.optText("str"))
                            .or(() -> address.optText("cid")).orElse(""),
                    address.optText("port"));
        }
    }

    static MigrationInfo of(Json.Obj info) {
        return new MigrationInfo(
                info.optText("status").map(MigrationStatus::of).orElse(MigrationStatus.NONE),
                info.optObject("ram").map(Transfer::of),
                info.optObject("disk").map(Transfer::of),
                info.optObject("vfio").map(vfio -> OptionalLong.of(vfio.integer("transferred")))
                        .orElse(OptionalLong.empty()),
                info.optObject("xbzrle-cache").map(XbzrleCache::of),
                info.optObject("compression").map(Compression::of),
                info.optInteger("total-time"),
                info.optInteger("expected-downtime"),
                info.optInteger("downtime"),
                info.optInteger("setup-time"),
                info.optInteger("cpu-throttle-percentage"),
                info.optText("error-desc"),
                info.list("blocked-reasons", Json::asText),
                info.optInteger("postcopy-blocktime"),
                info.list("socket-address", address -> SocketAddress.of(address.asObject())),
                info.optInteger("dirty-limit-throttle-time-per-round"),
                info.optInteger("dirty-limit-ring-full-time"));
    }
}

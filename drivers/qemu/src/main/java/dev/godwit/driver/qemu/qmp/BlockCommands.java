package dev.godwit.driver.qemu.qmp;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Commands that ask for disks. */
public final class BlockCommands {

    private BlockCommands() {}

    /** Asks for the disks of the machine and what is in them. */
    public record QueryBlock() implements QmpCommand<List<BlockInfo>> {
        @Override
        public String name() {
            return "query-block";
        }

        @Override
        public List<BlockInfo> reply(Json answer) {
            return answer.asList(block -> BlockInfo.of(block.asObject()));
        }
    }

    /**
     * A disk, or a drive for one.
     *
     * @param device    the drive's name; empty with {@code -blockdev}
     * @param qdev      its device: a QOM path, or its alias
     * @param removable whether what is in it can be changed
     * @param locked    whether the guest holds its tray shut
     * @param trayOpen  whether its tray is open; of a drive that has one
     * @param ioStatus  {@code ok}, {@code failed} or {@code nospace}; where QEMU says
     * @param inserted  what is in it
     */
    public record BlockInfo(String device, Optional<String> qdev, boolean removable, boolean locked,
            Optional<Boolean> trayOpen, Optional<String> ioStatus, Optional<BlockNode> inserted) {
        private static BlockInfo of(Json.Obj block) {
            return new BlockInfo(block.text("device"), block.optText("qdev"), block.bool("removable"),
                    block.bool("locked"), block.optBool("tray_open"), block.optText("io-status"),
                    block.optObject("inserted").map(BlockNode::of));
        }
    }

    /** Asks for the jobs that copy or commit images; answers with what each of them works on. */
    public record QueryBlockJobs() implements QmpCommand<List<String>> {
        @Override
        public String name() {
            return "query-block-jobs";
        }

        @Override
        public List<String> reply(Json answer) {
            return answer.asList(job -> job.asObject().text("device"));
        }
    }

    /** Asks for the block nodes that have a name. */
    public record QueryNamedBlockNodes() implements QmpCommand<List<BlockNode>> {
        @Override
        public String name() {
            return "query-named-block-nodes";
        }

        @Override
        public Json.Obj arguments() {
            return Json.EMPTY.with("flat", true); // Without the images below: each of them is a node of its own.
        }

        @Override
        public List<BlockNode> reply(Json answer) {
            return answer.asList(node -> BlockNode.of(node.asObject()));
        }
    }

    /**
     * A block node: an image, or a layer that reads and writes one.
     *
     * @param nodeName    its name
     * @param driver      its format or protocol, for example {@code qcow2}, {@code file}
     * @param file        the file, or a {@code json:} description
     * @param readOnly    whether it is open for reading only
     * @param encrypted   whether it is encrypted
     * @param active      whether this QEMU may write it: not while it belongs to the other host of a
     *                    migration. Empty before QEMU 10.0, which does not say
     * @param backingFile the image below it
     * @param image       what is known of it
     */
    public record BlockNode(Optional<String> nodeName, String driver, String file, boolean readOnly,
            boolean encrypted, Optional<Boolean> active, Optional<String> backingFile, Image image) {
        private static BlockNode of(Json.Obj node) {
            return new BlockNode(node.optText("node-name"), node.text("drv"), node.text("file"), node.bool("ro"),
                    node.bool("encrypted"), node.optBool("active"), node.optText("backing_file"),
                    Image.of(node.object("image")));
        }
    }

    /**
     * An image.
     *
     * @param filename    where it is
     * @param format      its format
     * @param virtualSize what the guest sees, in bytes
     * @param actualSize  what it takes up, in bytes
     * @param dirty       whether it was not closed properly; where its format says
     */
    public record Image(String filename, String format, long virtualSize, OptionalLong actualSize,
            Optional<Boolean> dirty) {
        private static Image of(Json.Obj image) {
            return new Image(image.text("filename"), image.text("format"), image.integer("virtual-size"),
                    image.optInteger("actual-size"), image.optBool("dirty-flag"));
        }
    }

    /** Asks how much was read and written. */
    public record QueryBlockstats() implements QmpCommand<List<BlockStats>> {
        @Override
        public String name() {
            return "query-blockstats";
        }

        @Override
        public List<BlockStats> reply(Json answer) {
            return answer.asList(stats -> BlockStats.of(stats.asObject()));
        }
    }

    /**
     * How much was read from and written to a disk.
     *
     * @param device             the drive's name; empty with {@code -blockdev}
     * @param qdev               its device
     * @param nodeName           its node
     * @param readBytes          bytes read
     * @param readOperations     requests to read
     * @param readTimeNanos      time they took
     * @param writeBytes         bytes written
     * @param writeOperations    requests to write
     * @param writeTimeNanos     time they took
     * @param flushOperations    requests to flush
     * @param flushTimeNanos     time they took
     * @param writeHighestOffset the highest byte written, plus one
     */
    public record BlockStats(Optional<String> device, Optional<String> qdev, Optional<String> nodeName,
            long readBytes, long readOperations, long readTimeNanos, long writeBytes, long writeOperations,
            long writeTimeNanos, long flushOperations, long flushTimeNanos, long writeHighestOffset) {
        private static BlockStats of(Json.Obj block) {
            Json.Obj stats = block.object("stats");
            return new BlockStats(block.optText("device"), block.optText("qdev"), block.optText("node-name"),
                    stats.integer("rd_bytes"), stats.integer("rd_operations"), stats.integer("rd_total_time_ns"),
                    stats.integer("wr_bytes"), stats.integer("wr_operations"), stats.integer("wr_total_time_ns"),
                    stats.integer("flush_operations"), stats.integer("flush_total_time_ns"),
                    stats.integer("wr_highest_offset"));
        }
    }
}

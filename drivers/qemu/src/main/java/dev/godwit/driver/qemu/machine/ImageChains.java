package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Looks into the images of a guest's disks before it starts: whether they are there, and on which others they are built. QEMU is
 * then told the whole chain and follows no name that a guest has written into its own image.
 *
 * <p>A chain that the definition spells out is taken as it is. What is known of qcow2 is in QEMU's {@code docs/interop/qcow2.txt}:
 * big-endian numbers, the place and length of the backing file's name in the header, its format in a header extension.
 */
final class ImageChains {

    private static final int QCOW_MAGIC = 0x514649fb;
    private static final int BACKING_FORMAT = 0xE2792ACA;
    private static final int VERSION_2_HEADER = 72;
    private static final int LONGEST_NAME = 1023;

    /** Deeper than any chain that is still usable; a chain that bites its own tail ends here. */
    private static final int DEEPEST = 200;

    /** What an image says that it is built on. */
    private record Backing(String name, Optional<String> format) {}

    private ImageChains() {}

    /**
     * Spells out the chains of all disks with a file or a block device, except where an image is built on something else than
     * those; QEMU then finds the rest by itself.
     *
     * @param definition an inactive definition
     * @return the same with a {@code <backingStore>} in such disks
     * @throws VirtException 38 if an image is not there or cannot be read; 1 if one does not say in which format the image below
     *         it is
     */
    static Element probe(Element definition) {
        return definition.mapElements("devices", devices -> devices.mapElements("disk", disk -> {
            Optional<Path> image = image(disk);
            image.ifPresent(ImageChains::require);
            if (image.isEmpty() || disk.has("backingStore")) {
                return disk;
            }
            String format = disk.child("driver").map(driver -> driver.attr("type", "raw")).orElse("raw");
            return below(image.get(), format, 0).map(store -> disk.withAfter(store, "source")).orElse(disk);
        }));
    }

    private static Optional<Path> image(Element disk) {
        return disk.child("source")
                .flatMap(source -> disk.attrIs("type", "block") ? source.attr("dev") : source.attr("file"))
                .map(Path::of);
    }

    private static void require(Path image) {
        if (!Files.exists(image)) {
            throw inaccessible(image, "No such file or directory");
        }
    }

    private static Optional<Element> below(Path image, String format, int depth) {
        Element end = Element.of("backingStore");
        if (!format.equals("qcow2")) {
            return Optional.of(end);
        }
        if (depth == DEEPEST) {
            throw new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.STORAGE,
                    "backing store for " + image + " is self-referential, or deeper than " + DEEPEST + " images");
        }
        Optional<Backing> backing = backing(image);
        if (backing.isEmpty()) {
            return Optional.of(end);
        }
        if (backing.get().name().matches("[A-Za-z0-9+.-]+:.*")) {
            return Optional.empty();
        }
        Path lower = image.resolveSibling(backing.get().name()).normalize();
        String lowerFormat = backing.get().format().orElseThrow(() -> new VirtException(
                ErrorCode.OPERATION_FAILED, ErrorDomain.STORAGE, "format of backing image '" + backing.get().name()
                        + "' of image '" + image + "' was not specified in the image metadata"));
        require(lower);
        boolean block = !Files.isRegularFile(lower);
        return below(lower, lowerFormat, depth + 1).map(rest -> end.withAttr("type", block ? "block" : "file")
                .with(Element.of("format").withAttr("type", lowerFormat))
                .with(Element.of("source").withAttr(block ? "dev" : "file", lower.toString()))
                .with(rest));
    }

    private static Optional<Backing> backing(Path image) {
        try (FileChannel file = FileChannel.open(image)) {
            ByteBuffer header = read(file, 0, 104);
            if (header.remaining() < VERSION_2_HEADER || header.getInt(0) != QCOW_MAGIC) {
                return Optional.empty();
            }
            long place = header.getLong(8);
            int length = header.getInt(16);
            if (place == 0 || length == 0) {
                return Optional.empty();
            }
            if (length < 0 || length > LONGEST_NAME) {
                throw new IOException("the name of its backing file has " + Integer.toUnsignedString(length) + " bytes");
            }
            ByteBuffer name = read(file, place, length);
            boolean extended = header.getInt(4) >= 3 && header.remaining() >= 104;
            return Optional.of(new Backing(StandardCharsets.UTF_8.decode(name).toString(),
                    backingFormat(file, extended ? header.getInt(100) : VERSION_2_HEADER, place)));
        } catch (NoSuchFileException e) {
            throw inaccessible(image, "No such file or directory");
        } catch (IOException e) {
            throw inaccessible(image, String.valueOf(e.getMessage()));
        }
    }

    /** The extensions lie between the header and the name. */
    private static Optional<String> backingFormat(FileChannel file, int from, long end) throws IOException {
        long at = Integer.toUnsignedLong(from);
        while (at + 8 <= end) {
            ByteBuffer extension = read(file, at, 8);
            if (extension.remaining() < 8 || extension.getInt(0) == 0) {
                return Optional.empty();
            }
            int length = extension.getInt(4);
            if (extension.getInt(0) == BACKING_FORMAT && length > 0 && length <= LONGEST_NAME) {
                return Optional.of(StandardCharsets.US_ASCII.decode(read(file, at + 8, length)).toString());
            }
            at += 8 + (Integer.toUnsignedLong(length) + 7) / 8 * 8;
        }
        return Optional.empty();
    }

    private static ByteBuffer read(FileChannel file, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && file.read(bytes, from + bytes.position()) >= 0) {
            // Until it is full or the file has ended.
        }
        return bytes.flip();
    }

    private static VirtException inaccessible(Path image, String why) {
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.STORAGE,
                "Cannot access storage file '" + image + "' (as uid:" + own("unix:uid") + ", gid:" + own("unix:gid")
                        + "): " + why);
    }

    private static Object own(String attribute) {
        try {
            return Files.getAttribute(Path.of("/proc/self"), attribute);
        } catch (IOException e) {
            return "?";
        }
    }
}

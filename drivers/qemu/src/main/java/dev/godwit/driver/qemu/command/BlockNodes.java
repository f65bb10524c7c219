package dev.godwit.driver.qemu.command;

import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.xml.Element;
import java.util.Optional;

/**
 * The block layer below a disk: a node that reads the file, a node that knows its format, and the same for every
 * image it is based on.
 *
 * <p>Nodes are named after the index that the live definition gives to a source. A raw image without anything
 * special about it needs no node for its format. Where the definition does not say what an image is based on, QEMU
 * follows what the image says.
 */
final class BlockNodes {

    private final Guest guest;
    private final Element disk;
    private final Arguments out;

    private BlockNodes(Guest guest, Element disk, Arguments out) {
        this.guest = guest;
        this.disk = disk;
        this.out = out;
    }

    static Shape driverShape() {
        return Shape.of("driver")
                .with("name", "qemu")
                .with("type", "raw", "qcow2")
                .with("cache", "default", "none", "writeback", "writethrough", "directsync", "unsafe")
                .with("io", "native", "threads", "io_uring")
                .with("discard", "unmap", "ignore")
                .with("detect_zeroes", "off", "on", "unmap")
                .with("copy_on_read", "on", "off")
                .with("error_policy", "stop", "report", "ignore", "enospace")
                .with("rerror_policy", "stop", "report", "ignore")
                .with("queues");
    }

    static Shape sourceShape() {
        // A security label is for the daemon that relabels files; QEMU is not told.
        return Shape.of("source")
                .with("file")
                .with("dev")
                .with("index")
                .with("startupPolicy", "mandatory")
                .child(Shape.anything("seclabel"));
    }

    static Shape backingStoreShape() {
        Shape store = Shape.of("backingStore").with("type", "file", "block").with("index");
        store.child(Shape.of("format").with("type", "raw", "qcow2"));
        store.child(sourceShape());
        // Chains nest to any depth.
        return store.child(store);
    }

    /**
     * Writes the nodes of a disk.
     *
     * @return the name of the topmost node; nothing if the drive is empty
     */
    static Optional<String> append(Guest guest, Element disk, Arguments out) {
        return path(disk).map(_ -> new BlockNodes(guest, disk, out).append());
    }

    private static Optional<String> path(Element owner) {
        return owner.child("source").flatMap(source -> source.attr("file").or(() -> source.attr("dev")))
                .filter(path -> !path.isEmpty());
    }

    private String append() {
        Optional<String> backing = disk.child("backingStore")
                .filter(store -> !store.children().isEmpty())
                .map(this::appendBacking);
        String index = Guest.optionalAttr(disk, "source", "index")
                .orElseThrow(() -> guest.unsupported("device <disk> without an index on its source"));
        boolean terminated = disk.child("backingStore").filter(store -> store.children().isEmpty()).isPresent();
        String top = image(
                disk, index, Guest.optionalAttr(disk, "driver", "type").orElse("raw"), disk.has("readonly"), backing,
                terminated, true);
        if (!Guest.attr(disk, "driver", "copy_on_read").equals("on")) {
            return top;
        }
        String name = "libvirt-CoR-" + Guest.attr(disk, "target", "dev");
        out.blockdev(Json.EMPTY.with("driver", "copy-on-read")
                .with("node-name", name)
                .with("file", top)
                .with("discard", "unmap"));
        return name;
    }

    private String appendBacking(Element store) {
        Optional<Element> below = store.child("backingStore");
        Optional<String> backing = below.filter(next -> !next.children().isEmpty()).map(this::appendBacking);
        boolean terminated = below.filter(next -> next.children().isEmpty()).isPresent();
        String index = store.attr("index")
                .or(() -> Guest.optionalAttr(store, "source", "index"))
                .orElseThrow(() -> guest.unsupported("device <disk><backingStore> without an index"));
        String format = Guest.optionalAttr(store, "format", "type").orElse("raw");
        return image(store, index, format, true, backing, terminated, false);
    }

    /** Writes the nodes of one image and answers the name of the upper one. */
    private String image(
            Element owner, String index, String format, boolean readOnly, Optional<String> backing, boolean terminated,
            boolean top) {
        String storage = "libvirt-" + index + "-storage";
        Json.Obj file = Json.EMPTY.with("driver", owner.attrIs("type", "block") ? "host_device" : "file")
                .with("filename", path(owner).orElseThrow())
                .withText("aio", Guest.optionalAttr(disk, "driver", "io"))
                .with("node-name", storage);
        if (format.equals("raw")) {
            out.blockdev(withCache(withUse(file.with("read-only", readOnly), top)));
            return storage;
        }
        out.blockdev(withCache(file.with("auto-read-only", true).with("discard", "unmap")));
        String name = "libvirt-" + index + "-format";
        Json.Obj node = withUse(Json.EMPTY.with("node-name", name).with("read-only", readOnly), top);
        node = withCache(node).with("driver", format).with("file", storage);
        if (backing.isPresent()) {
            node = node.with("backing", backing.get());
        } else if (terminated) {
            node = node.with("backing", Json.NULL);
        }
        out.blockdev(node);
        return name;
    }

    /** What happens to the zeroes and the discards of the guest; images below the top see neither. */
    private Json.Obj withUse(Json.Obj node, boolean top) {
        if (!top) {
            return node;
        }
        return node.withText("discard", Guest.optionalAttr(disk, "driver", "discard"))
                .withText("detect-zeroes", Guest.optionalAttr(disk, "driver", "detect_zeroes"));
    }

    private Json.Obj withCache(Json.Obj node) {
        String mode = Guest.optionalAttr(disk, "driver", "cache").orElse("default");
        if (mode.equals("default")) {
            return node;
        }
        boolean direct = mode.equals("none") || mode.equals("directsync");
        return node.with("cache", Json.EMPTY.with("direct", direct).with("no-flush", mode.equals("unsafe")));
    }
}

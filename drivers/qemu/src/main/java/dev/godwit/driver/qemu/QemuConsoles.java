package dev.godwit.driver.qemu;

import dev.godwit.domain.DomainRef;
import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.Consoles;
import dev.godwit.driver.qemu.machine.QemuMachine;
import dev.godwit.driver.qemu.process.ConsoleChannels;
import dev.godwit.driver.qemu.qmp.QueryCommands.ChardevInfo;
import dev.godwit.driver.qemu.qmp.QueryCommands.QueryChardev;
import dev.godwit.guest.Guest;
import dev.godwit.guest.GuestRegistry;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/** The consoles of guests: one holder at a time each, who can be made to let go. */
final class QemuConsoles implements Consoles {

    private static final System.Logger LOG = System.getLogger(QemuConsoles.class.getName());

    private final GuestRegistry registry;
    private final ConcurrentMap<Line, Held> held = new ConcurrentHashMap<>();

    QemuConsoles(GuestRegistry registry) {
        this.registry = registry;
    }

    /** One serial line of one run of a guest. */
    private record Line(QemuMachine machine, String alias) {}

    @Override
    public ByteChannel open(DomainRef ref, Optional<String> device, boolean force) {
        Guest guest = registry.of(ref);
        QemuMachine machine = RunningQemu.of(registry, ref);
        Element devices = guest.live().flatMap(live -> live.child("devices")).orElse(Element.of("devices"));
        String alias = alias(devices, device);
        String connectedTo = machine.ask(new QueryChardev()).stream()
                .filter(chardev -> chardev.label().equals("char" + alias))
                .map(ChardevInfo::filename)
                .findFirst()
                .orElseThrow(() -> notFound(device));
        Line line = new Line(machine, alias);
        Held before = held.get(line);
        if (before != null) {
            if (!force) {
                throw busy();
            }
            before.close();
        }
        Held now = new Held(line, ConsoleChannels.open(alias, connectedTo));
        if (held.putIfAbsent(line, now) != null) {
            now.close();
            throw busy();
        }
        return now;
    }

    /** The device's alias: the first console or serial line where none is asked for. A console may be a serial line's other name. */
    private static String alias(Element devices, Optional<String> device) {
        List<Element> lines = Stream.of("console", "serial", "parallel", "channel")
                .flatMap(kind -> devices.elements(kind).stream())
                .filter(line -> device.isPresent() || !line.name().equals("channel"))
                .toList();
        return lines.stream()
                .map(line -> line.child("alias").flatMap(alias -> alias.attr("name")).orElse(""))
                .filter(alias -> device.map(alias::equals).orElse(!alias.isEmpty()))
                .findFirst()
                .orElseThrow(() -> notFound(device));
    }

    private static VirtException notFound(Optional<String> device) {
        return new VirtException(ErrorCode.INTERNAL_ERROR, ErrorDomain.QEMU,
                "cannot find character device " + device.orElse("(null)"));
    }

    private static VirtException busy() {
        return new VirtException(ErrorCode.OPERATION_FAILED, ErrorDomain.QEMU,
                "Active console session exists for this domain");
    }

    /** A line that is held until it is closed. */
    private final class Held implements ByteChannel {

        private final Line line;
        private final ByteChannel channel;

        Held(Line line, ByteChannel channel) {
            this.line = line;
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer into) throws IOException {
            return channel.read(into);
        }

        @Override
        public int write(ByteBuffer from) throws IOException {
            return channel.write(from);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() {
            held.remove(line, this);
            try {
                channel.close();
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "Closing the console " + line.alias() + " failed", e);
            }
        }
    }
}

package dev.godwit.driver.qemu.machine;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.driver.qemu.capabilities.HostModel;
import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.driver.qemu.capabilities.QemuCapabilitiesCache;
import dev.godwit.driver.qemu.capabilities.QemuProbe;
import dev.godwit.driver.qemu.capabilities.QmpExchange;
import dev.godwit.driver.qemu.process.MonitorSocket;
import dev.godwit.driver.qemu.process.ProcFs;
import dev.godwit.driver.qemu.process.ProcessIdentity;
import dev.godwit.driver.qemu.process.QemuLauncher;
import dev.godwit.driver.qemu.process.QemuLog;
import dev.godwit.driver.qemu.process.QemuProcess;
import dev.godwit.driver.qemu.qmp.Json;
import dev.godwit.driver.qemu.qmp.QmpCommand;
import dev.godwit.driver.qemu.qmp.QmpConnection;
import dev.godwit.driver.qemu.qmp.QmpException;
import dev.godwit.driver.qemu.qmp.QmpListener;
import dev.godwit.xml.Element;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/** Starts a QEMU without a guest, only to ask it what it can do. */
final class QemuQuestions {

    private static final System.Logger LOG = System.getLogger(QemuQuestions.class.getName());
    private static final Duration START = Duration.ofSeconds(30);

    /**
     * How long one after another of them may take to answer at all; one that is well answers within milliseconds. About one in 2,500
     * greets and then never reads what it is told (QEMU 10.0.2, tried out with bare QEMUs): it loses sight of a client that connects in the
     * very moment in which it begins to look for one. There is no more to be had from it, but from the next.
     */
    private static final List<Duration> PATIENCE = List.of(Duration.ofSeconds(3), Duration.ofSeconds(15), Duration.ofMinutes(1));

    private static final String FOLDER = "probe-";
    private static final Path KVM = Path.of("/dev/kvm");

    /** What a host model depends on. */
    private record ModelKey(String emulator, int version, String type) {}

    private final ConcurrentMap<ModelKey, Optional<Element>> models = new ConcurrentHashMap<>();
    private final QemuLauncher launcher;
    private final Path runDir;
    private final InstantSource clock;

    QemuQuestions(QemuLauncher launcher, Path runDir, InstantSource clock) {
        this.launcher = launcher;
        this.runDir = runDir;
        this.clock = clock;
    }

    /** A cache over the emulators of this host. Ends what an earlier daemon was asking when it was killed. */
    QemuCapabilitiesCache cache() {
        endLeftOvers();
        return new QemuCapabilitiesCache(QemuQuestions::changedAt, this::capabilities);
    }

    /**
     * A daemon that is killed while it asks leaves a QEMU behind that nobody would ever end. It is found by its folder, which is on its
     * command line: it may not listen yet, and the daemon may have been killed before it could write anything down.
     */
    private void endLeftOvers() {
        if (!Files.isDirectory(runDir)) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runDir, FOLDER + "*")) {
            for (Path folder : folders) {
                endAskedIn(folder);
                new QemuPlace(folder, folder).remove();
            }
        } catch (IOException e) {
            LOG.log(Level.WARNING, "Cannot tidy " + runDir + " of questions to QEMU that were never answered", e);
        }
    }

    private void endAskedIn(Path folder) {
        QemuLog log = new QemuLog(folder.resolve("left.log"), clock);
        for (ProcessIdentity left : new ProcFs().findByArgument(folder + "/")) {
            launcher.adopt(left, folder + "/", log).ifPresent(process -> process.terminate(Duration.ZERO));
        }
    }

    private static Path monitor(Path folder, String accelerator) {
        return folder.resolve(accelerator + ".sock");
    }

    private static long changedAt(String emulator) {
        try {
            return Files.getLastModifiedTime(Path.of(emulator)).toMillis();
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "Cannot check QEMU binary " + emulator + ": No such file or directory");
        }
    }

    private QemuCapabilities capabilities(String emulator) {
        return inFolder(emulator, folder -> {
            try (Conversation emulation = converse(emulator, "tcg", folder)) {
                if (!Files.isReadable(KVM) || !Files.isWritable(KVM)) {
                    return QemuProbe.probe(emulator, emulation, Optional.empty());
                }
                try (Conversation kvm = converse(emulator, "kvm", folder)) {
                    return QemuProbe.probe(emulator, emulation, Optional.of(kvm));
                } catch (VirtException e) {
                    LOG.log(Level.INFO, "KVM does not work on this host: {0}", e.getMessage());
                    return QemuProbe.probe(emulator, emulation, Optional.empty());
                }
            }
        });
    }

    /**
     * The model that {@code host-model} stands for here; asked now or before.
     *
     * @param capabilities of the emulator
     * @param type         {@code kvm} or {@code qemu}
     * @return nothing if no named model can be used here
     */
    Optional<Element> hostModel(QemuCapabilities capabilities, String type) {
        return models.computeIfAbsent(new ModelKey(capabilities.emulator(), capabilities.version(), type), _ ->
                inFolder(capabilities.emulator(), folder -> {
                    String accelerator = type.equals("kvm") ? "kvm" : "tcg";
                    try (Conversation exchange = converse(capabilities.emulator(), accelerator, folder)) {
                        return HostModel.resolve(exchange, capabilities, type);
                    }
                }));
    }

    private <T> T inFolder(String emulator, Function<Path, T> work) {
        Path folder = null;
        try {
            Files.createDirectories(runDir);
            folder = Files.createTempDirectory(runDir, FOLDER);
            return work.apply(folder);
        } catch (QmpException e) {
            throw e.toVirtException();
        } catch (UncheckedIOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU, e.getMessage() + ": " + e.getCause().getMessage());
        } catch (IOException e) {
            throw VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.QEMU,
                    "Cannot make a folder in " + runDir + " for asking " + emulator + ": " + e.getMessage());
        } finally {
            if (folder != null) {
                new QemuPlace(folder, folder).remove();
            }
        }
    }

    private Conversation converse(String emulator, String accelerator, Path folder) {
        for (Duration patience : PATIENCE.subList(0, PATIENCE.size() - 1)) {
            try {
                return new Conversation(emulator, accelerator, folder, patience);
            } catch (QmpException.TimedOut e) {
                LOG.log(Level.INFO, "{0} was started for questions and does not answer; another one is asked: {1}", emulator, e.getMessage());
            }
        }
        return new Conversation(emulator, accelerator, folder, PATIENCE.getLast());
    }

    /** One QEMU that answers questions until it is closed. */
    private final class Conversation implements QmpExchange, AutoCloseable {

        private final QemuProcess process;
        private final QmpConnection connection;

        /**
         * Starts it.
         *
         * @param patience how long it may take to answer at all
         * @throws QmpException.TimedOut if it does not; it is ended
         */
        Conversation(String emulator, String accelerator, Path folder, Duration patience) {
            Path monitor = monitor(folder, accelerator);
            QemuLog log = new QemuLog(folder.resolve(accelerator + ".log"), clock);
            process = launcher.start(
                    QemuProbe.command(emulator, accelerator, monitor.toString()), log, "asking for capabilities");
            try {
                connection = QmpConnection.open(MonitorSocket.connect(monitor, process, START),
                        new QmpConnection.Options("probe-" + accelerator, clock).withOpenTimeout(patience).withWhyLost(log::tail),
                        QmpListener.NONE);
            } catch (RuntimeException e) {
                process.terminate(Duration.ZERO);
                throw e;
            }
        }

        @Override
        public Json execute(String command, Json.Obj arguments) {
            return connection.execute(new QmpCommand.Raw(command, arguments));
        }

        @Override
        public void close() {
            connection.close();
            process.terminate(Duration.ZERO);
        }
    }
}

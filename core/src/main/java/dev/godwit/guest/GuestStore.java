package dev.godwit.guest;

import dev.godwit.domain.ErrorCode;
import dev.godwit.domain.ErrorDomain;
import dev.godwit.domain.VirtException;
import dev.godwit.xml.Element;
import dev.godwit.xml.XmlException;
import dev.godwit.xml.XmlReader;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The files of the guests of a host.
 *
 * <table>
 *   <caption>What is kept where</caption>
 *   <tr><td>{@code CONFIG/NAME.xml}</td>           <td>the configuration of a persistent guest</td></tr>
 *   <tr><td>{@code CONFIG/autostart/NAME.xml}</td> <td>a link to it: the guest is started with the host</td></tr>
 *   <tr><td>{@code CONFIG/autostart/NAME.away}</td> <td>it has moved away and was not started here since: not with the host</td></tr>
 *   <tr><td>{@code RUN/NAME.xml}</td>              <td>the status of a running guest, see {@link GuestStatus}</td></tr>
 *   <tr><td>{@code RUN/autostarted}</td>           <td>the boot of the host after which autostart has happened</td></tr>
 * </table>
 *
 * <p>{@code NAME} is {@link FileNames#of}. Every file is replaced as a whole. Configurations are also on the disk when a method
 * returns. Status files need not be: what they describe is gone after a power failure, too, and a migration writes
 * several in its last milliseconds.
 *
 * <p>A file that cannot be understood is named in the log and kept beside its place as {@code NAME.xml.damaged}; it never
 * keeps the other guests from being found.
 */
public final class GuestStore {

    private static final System.Logger LOG = System.getLogger(GuestStore.class.getName());
    private static final String ENDING = ".xml";
    private static final String DAMAGED = ".damaged";
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int MARKER_BYTES = 4096;
    private static final String HEADER = """
            <!--
            WARNING: Godwit wrote this file and will write it again. Changes made here are
            overwritten and lost. To change this configuration use:
              virsh edit %s
            or another client of the daemon.
            -->

            """;

    private final FileAccess files;
    private final Path configDir;
    private final Path runDir;

    /**
     * The store in two folders, which are made when something is written.
     *
     * @param files     access to files
     * @param configDir configurations, kept for ever
     * @param runDir    what belongs to running guests; need not survive a reboot of the host
     */
    public GuestStore(FileAccess files, Path configDir, Path runDir) {
        this.files = files;
        this.configDir = configDir;
        this.runDir = runDir;
    }

    /**
     * Something that was read from a file.
     *
     * @param file  its name, for messages
     * @param value what it says
     */
    public record Stored<T>(Path file, T value) {}

    /** Reads one file's document. */
    private interface Reading<T> {
        T read(Element document, Path file);
    }

    /** The folder of running guests. */
    public Path runDir() {
        return runDir;
    }

    /** Keeps a configuration, durably. */
    public void saveConfiguration(String guest, Element configuration) {
        // A comment must not contain two hyphens in a row.
        String shown = guest.replace("--", "- -");
        write(configFile(guest), HEADER.formatted(shown) + configuration.print(), true);
    }

    /** Removes a configuration, its autostart link, and where it has gone. */
    public void deleteConfiguration(String guest) {
        delete(awayMarker(guest));
        delete(autostartLink(guest));
        delete(configFile(guest));
    }

    /** Whether a guest is started with the host. */
    public boolean autostart(String guest) {
        return files.exists(autostartLink(guest));
    }

    /** Sets that. */
    public void autostart(String guest, boolean on) {
        if (!on) {
            delete(autostartLink(guest));
            return;
        }
        try {
            files.link(autostartLink(guest), configFile(guest));
        } catch (IOException e) {
            throw failure("Failed to create symlink '" + autostartLink(guest) + "' to '" + configFile(guest) + "'", e);
        }
    }

    /** Whether a guest that is started with the host has moved to another one since it last ran here. */
    public boolean away(String guest) {
        return files.exists(awayMarker(guest));
    }

    /** Sets that, durably. */
    public void away(String guest, boolean gone) {
        if (gone) {
            write(awayMarker(guest), "It has moved to another host. Godwit removes this file when the guest is started here.\n", true);
        } else if (away(guest)) {
            delete(awayMarker(guest));
        }
    }

    /** Keeps the status of a running guest. */
    public void saveStatus(String guest, GuestStatus status) {
        write(statusFile(guest), StatusXml.print(status), false);
    }

    /** Removes it. */
    public void deleteStatus(String guest) {
        delete(statusFile(guest));
    }

    /** All configurations that can be understood. */
    public List<Stored<Element>> configurations() {
        return load(configDir, (document, file) -> {
            requireName(document, file);
            return document;
        });
    }

    /** The status of all guests that ran when an earlier daemon ended, where it can be understood. */
    public List<Stored<GuestStatus>> statuses() {
        return load(runDir, (document, file) -> {
            GuestStatus status = StatusXml.read(document);
            requireName(status.definition(), file);
            return status;
        });
    }

    /** Sets a file aside, because what it says contradicts another one. */
    public void setAside(Path file, String why) {
        Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
        try {
            files.rename(file, aside);
            LOG.log(Level.ERROR, "The file {0} was set aside as {1}: {2}", file, aside.getFileName(), why);
        } catch (IOException e) {
            LOG.log(Level.ERROR, "The file " + file + " is ignored (" + why + ") and could not be set aside", e);
        }
    }

    /** Whether autostart has happened since the host's boot. */
    public boolean autostarted() {
        try {
            return files.read(autostartMarker(), MARKER_BYTES).filter(bootId()::equals).isPresent();
        } catch (IOException e) {
            LOG.log(Level.WARNING, "The marker " + autostartMarker() + " cannot be read; no guest is started", e);
            return true;
        }
    }

    /** Notes that it has. */
    public void noteAutostarted() {
        write(autostartMarker(), bootId(), false);
    }

    private Path autostartMarker() {
        return runDir.resolve("autostarted");
    }

    /** The folder of running guests may outlive a boot, so the marker says which one it means. */
    private String bootId() {
        try {
            return files.read(BOOT_ID, MARKER_BYTES).orElse("");
        } catch (IOException e) {
            return "";
        }
    }

    private <T> List<Stored<T>> load(Path folder, Reading<T> reading) {
        List<String> names;
        try {
            names = files.names(folder);
        } catch (IOException e) {
            throw failure("Cannot open directory '" + folder + "'", e);
        }
        List<Stored<T>> found = new ArrayList<>();
        for (String name : names) {
            if (!name.endsWith(ENDING)) {
                continue;
            }
            Path file = folder.resolve(name);
            try {
                Optional<String> text = files.read(file, XmlReader.MAX_BYTES);
                if (text.isPresent()) {
                    Element document = XmlReader.read(text.get());
                    found.add(new Stored<>(file, reading.read(document, file)));
                }
            } catch (IOException e) {
                // What cannot be read now may be readable later, so it stays where it is.
                LOG.log(Level.ERROR, "The file " + file + " cannot be read; its guest is not known until it can", e);
            } catch (XmlException | VirtException e) {
                setAside(file, e.getMessage());
            }
        }
        return found;
    }

    private static void requireName(Element definition, Path file) {
        String name = Definition.name(definition);
        Definition.uuid(definition).orElseThrow(() -> new VirtException(
                ErrorCode.XML_ERROR, ErrorDomain.DOMAIN, "it has no uuid"));
        if (!file.getFileName().toString().equals(FileNames.of(name) + ENDING)) {
            throw new VirtException(ErrorCode.XML_ERROR, ErrorDomain.DOMAIN,
                    "the file's name does not belong to the domain '" + name + "' in it");
        }
    }

    private Path configFile(String guest) {
        return configDir.resolve(FileNames.of(guest) + ENDING);
    }

    private Path autostartLink(String guest) {
        return configDir.resolve("autostart").resolve(FileNames.of(guest) + ENDING);
    }

    private Path awayMarker(String guest) {
        return configDir.resolve("autostart").resolve(FileNames.of(guest) + ".away");
    }

    private Path statusFile(String guest) {
        return runDir.resolve(FileNames.of(guest) + ENDING);
    }

    private void write(Path file, String content, boolean durable) {
        try {
            files.write(file, content, durable);
        } catch (IOException e) {
            throw failure("cannot write file '" + file + "'", e);
        }
    }

    private void delete(Path file) {
        try {
            files.delete(file);
        } catch (IOException e) {
            throw failure("cannot remove file '" + file + "'", e);
        }
    }

    private static VirtException failure(String what, IOException cause) {
        return VirtException.raw(ErrorCode.SYSTEM_ERROR, ErrorDomain.CONF, what + ": " + reason(cause));
    }

    private static String reason(IOException cause) {
        return cause instanceof java.nio.file.FileSystemException e && e.getReason() != null
                ? e.getReason()
                : cause.toString();
    }
}

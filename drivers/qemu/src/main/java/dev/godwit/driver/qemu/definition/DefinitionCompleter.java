package dev.godwit.driver.qemu.definition;

import dev.godwit.driver.qemu.capabilities.QemuCapabilities;
import dev.godwit.xml.Element;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Makes of what a user wrote what a guest is started from: checked, with all defaults, implicit devices and addresses
 * written down.
 *
 * <p>Completing a complete definition changes nothing, so a definition from another host keeps its addresses and
 * machine type. Parts that only a running guest has (its id, automatic aliases, paths of ptys) are dropped first, so
 * the live definition of a guest can be defined again.
 */
public final class DefinitionCompleter {

    /** The order is libvirt's: a step relies on what the ones before it have settled. */
    private final List<CompletionStep> steps;

    /**
     * A completer.
     *
     * @param random makes UUIDs and MAC addresses where the document has none
     */
    public DefinitionCompleter(RandomGenerator random) {
        Identifiers identifiers = new Identifiers(random);
        this.steps = List.of(
                new IdentityCompletion(identifiers),
                new OsTypeCheck(),
                new MemoryAndVcpuCompletion(),
                new MachineCompletion(),
                new ControllerNumbering(),
                new DefaultDevices(),
                new CpuCompletion(),
                new LifecycleCompletion(),
                new DiskCompletion(),
                new InterfaceCompletion(identifiers),
                new CharacterDeviceCompletion(),
                new InputCompletion(),
                new GraphicsCompletion(),
                new OtherDeviceCompletion(),
                new ConsoleCompletion(),
                new ImplicitControllers(),
                new VideoCompletion(),
                new ControllerCompletion(),
                new BootCompletion(),
                new UserAliases(),
                new VirtioSerialAddresses(),
                new PciAddresses(),
                new UsbAddresses());
    }

    /**
     * Checks a name that did not come with a definition, the new one of a guest that moves for instance.
     *
     * @param name the name
     * @throws dev.godwit.domain.VirtException if no definition could have it
     */
    public static void requireName(String name) {
        IdentityCompletion.checkName(name);
    }

    /**
     * Which emulator a definition wants; its capabilities are what {@link #complete} needs.
     *
     * @param domain what the user wrote
     * @return the path, or nothing if the host's default will do
     */
    public static Optional<String> emulator(Element domain) {
        return domain.childText("devices", "emulator").map(String::strip).filter(path -> !path.isEmpty());
    }

    /**
     * Completes a definition.
     *
     * @param domain what the user wrote, or what another host sent
     * @param capabilities of the QEMU that will run the guest
     * @return the inactive definition
     * @throws dev.godwit.domain.VirtException with libvirt's code and text, if the document is wrong or asks for what
     *     this QEMU cannot do
     */
    public Element complete(Element domain, QemuCapabilities capabilities) {
        Draft draft = Draft.of(InactiveForm.of(domain));
        steps.forEach(step -> step.apply(draft, capabilities));
        return draft.toElement();
    }
}

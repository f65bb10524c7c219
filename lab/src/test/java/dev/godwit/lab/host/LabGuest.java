package dev.godwit.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A guest of the lab: its definition, its disk and its serial log, on storage that all hosts see.
 *
 * @param name the domain's name
 * @param uuid the domain's UUID
 * @param shape which devices it has
 * @param fillMiB memory it keeps full
 * @param dirtyMiB of that, what it writes each second
 * @param kernelWords more words for the kernel's command line; may be empty
 * @param storage the folder that all hosts see
 * @param boot the folder that holds its kernel and initramfs
 */
public record LabGuest(String name, UUID uuid, Shape shape, int fillMiB, int dirtyMiB, String kernelWords, Path storage, Path boot) {

    /** Which devices a guest has. */
    public enum Shape {
        /** A kernel, an initramfs, a serial log, and what every machine has. */
        DIRECT_KERNEL,
        /** What a plain virt-install makes, on q35. */
        VIRT_INSTALL,
        /** The same on i440fx. */
        VIRT_INSTALL_I440FX
    }

    /**
     * The same guest with other memory.
     *
     * @param fill memory to keep full, in MiB
     * @param dirty of that, what is written each second, in MiB
     * @return a new value
     */
    public LabGuest with(int fill, int dirty) {
        return new LabGuest(name, uuid, shape, fill, dirty, kernelWords, storage, boot);
    }

    /**
     * The same guest with more words on its kernel's command line; {@code lab/guest/init} lists them.
     *
     * @param words separated by spaces
     * @return a new value
     */
    public LabGuest withKernelWords(String words) {
        return new LabGuest(name, uuid, shape, fillMiB, dirtyMiB, words, storage, boot);
    }

    /**
     * The same guest with its disk, its log and its definition somewhere else.
     *
     * @param folder what all hosts see, too
     * @return a new value
     */
    public LabGuest in(Path folder) {
        return new LabGuest(name, uuid, shape, fillMiB, dirtyMiB, kernelWords, folder, boot);
    }

    /**
     * The kernel's command line: without the kernel's tests of its own ciphers, which are a tenth of a boot; without its test of
     * the timer, which fails on a machine that is so busy that an emulated processor stands still for a while; and with four beats a
     * second, each of which compares one MiB.
     *
     * @return words separated by spaces
     */
    public String kernelCommandLine() {
        return "console=ttyS0 quiet oops=panic cryptomgr.notests=1 no_timer_check godwit.beat=0.25 godwit.fill=%d godwit.dirty=%d %s"
                .formatted(fillMiB, dirtyMiB, kernelWords)
                .strip();
    }

    /**
     * The guest's memory.
     *
     * @return MiB
     */
    public int memoryMiB() {
        return 96 + fillMiB;
    }

    /**
     * The guest's serial port.
     *
     * @return its log
     */
    public SerialLog serial() {
        return new SerialLog(storage.resolve(name + ".serial"));
    }

    /**
     * The guest's disk; only the virt-install shapes have one.
     *
     * @return the image
     */
    public Path disk() {
        return storage.resolve(name + ".qcow2");
    }

    /**
     * The file that {@link #prepare} writes.
     *
     * @return domain XML
     */
    public Path definition() {
        return storage.resolve(name + ".xml");
    }

    /**
     * Forgets what an earlier guest of this name wrote, and writes the definition and the disk.
     *
     * @return the definition's file
     */
    public Path prepare() {
        try {
            Files.deleteIfExists(serial().file());
            if (shape != Shape.DIRECT_KERNEL) {
                Commands.run("qemu-img", "create", "-q", "-f", "qcow2", disk().toString(), "64M");
            }
            return Files.writeString(definition(), xml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The definition as a person would write it: no addresses, no machine version.
     *
     * @return domain XML
     */
    public String xml() {
        String head = """
                <domain type='qemu'>
                  <name>%s</name>
                  <uuid>%s</uuid>
                  <memory unit='MiB'>%d</memory>
                  <vcpu>1</vcpu>
                  <os>
                    <type arch='x86_64' machine='%s'>hvm</type>
                    <kernel>%s</kernel>
                    <initrd>%s</initrd>
                    <cmdline>%s</cmdline>
                  </os>
                """.formatted(
                name, uuid, memoryMiB(), shape == Shape.VIRT_INSTALL_I440FX ? "pc" : "q35",
                boot.resolve("vmlinuz"), boot.resolve("initrd.img"), kernelCommandLine());
        String serial = """
                    <serial type='file'>
                      <source path='%s' append='on'/>
                      <target port='0'/>
                    </serial>
                """.formatted(serial().file());
        return head + switch (shape) {
            case DIRECT_KERNEL -> """
                      <features><acpi/></features>
                      <devices>
                    %s    <memballoon model='none'/>
                      </devices>
                    </domain>
                    """.formatted(serial);
            case VIRT_INSTALL, VIRT_INSTALL_I440FX -> """
                      <features>
                        <acpi/>
                        <apic/>
                        <vmport state='off'/>
                      </features>
                      <clock offset='utc'>
                        <timer name='rtc' tickpolicy='catchup'/>
                        <timer name='pit' tickpolicy='delay'/>
                        <timer name='hpet' present='no'/>
                      </clock>
                      <pm>
                        <suspend-to-mem enabled='no'/>
                        <suspend-to-disk enabled='no'/>
                      </pm>
                      <devices>
                        <emulator>/usr/bin/qemu-system-x86_64</emulator>
                        <disk type='file' device='disk'>
                          <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>
                          <source file='%s'/>
                          <target dev='vda' bus='virtio'/>
                        </disk>
                        <disk type='file' device='cdrom'>
                          <target dev='%s'/>
                          <readonly/>
                        </disk>
                    %s    <interface type='user'>
                          <mac address='52:54:00:%s'/>
                          <model type='virtio'/>
                        </interface>
                    %s    <channel type='unix'>
                          <source mode='bind'/>
                          <target type='virtio' name='org.qemu.guest_agent.0'/>
                        </channel>
                        <input type='tablet' bus='usb'/>
                        <graphics type='vnc' port='-1'/>
                        <video>
                          <model type='virtio'/>
                        </video>
                        <memballoon model='virtio'/>
                        <rng model='virtio'>
                          <backend model='random'>/dev/urandom</backend>
                        </rng>
                      </devices>
                    </domain>
                    """.formatted(
                    disk(),
                    shape == Shape.VIRT_INSTALL ? "sda' bus='sata" : "hda' bus='ide",
                    shape == Shape.VIRT_INSTALL ? Q35_CONTROLLERS : "",
                    mac(), serial);
        };
    }

    private static final String Q35_CONTROLLERS = """
                <controller type='usb' model='qemu-xhci' ports='15'/>
                <controller type='pci' model='pcie-root'/>
            """ + "    <controller type='pci' model='pcie-root-port'/>\n".repeat(7);

    private String mac() {
        String hex = uuid.toString().replace("-", "");
        return hex.substring(0, 2) + ":" + hex.substring(2, 4) + ":" + hex.substring(4, 6);
    }

    @Override
    public String toString() {
        return shape.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-') + " guest " + name;
    }
}

/** The driver for QEMU guests. */
module dev.godwit.driver.qemu {
    requires dev.godwit.core;
    requires tools.jackson.core;

    provides dev.godwit.driver.HypervisorDriver with
            dev.godwit.driver.qemu.QemuDriver;
}

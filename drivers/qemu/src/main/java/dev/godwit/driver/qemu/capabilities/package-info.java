/**
 * What a QEMU binary and this host can do, and the two documents that say so: capabilities and domain capabilities.
 *
 * <pre>
 *   QEMU ──QemuProbe──► QemuCapabilities ──► CapabilitiesXml, DomainCapabilitiesXml
 *   /proc, /sys ──HostProbe──► HostHardware ──┘
 * </pre>
 */
package dev.godwit.driver.qemu.capabilities;

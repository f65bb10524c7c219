package dev.godwit.driver.qemu.process;

/**
 * Which process, beyond doubt: pids are used again, within a boot and after it.
 *
 * @param pid        its pid
 * @param startTicks when it started, in clock ticks since the boot (field 22 of {@code /proc/PID/stat})
 * @param bootId     the boot it lives in ({@code /proc/sys/kernel/random/boot_id})
 */
public record ProcessIdentity(long pid, long startTicks, String bootId) {}

/** Measures godwitd beside stock libvirtd and beside QEMU alone; {@code bench/README.md} says what and how. */
package dev.godwit.bench;

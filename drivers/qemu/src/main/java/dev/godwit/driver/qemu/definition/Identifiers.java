package dev.godwit.driver.qemu.definition;

import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes what a definition needs and does not bring along. */
final class Identifiers {

    private final RandomGenerator random;

    Identifiers(RandomGenerator random) {
        this.random = random;
    }

    /** A random UUID (RFC 9562, version 4). */
    UUID uuid() {
        long high = random.nextLong() & ~0xF000L | 0x4000L;
        long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** A MAC address with the prefix that QEMU guests use. */
    String mac() {
        return "52:54:00:%02x:%02x:%02x".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }
}

package dev.godwit.lab.simulation;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;

/**
 * Memory outside the heap that killed daemons never gave back. It is freed when the heap is collected; a thread that finds none
 * left waits for that in real time, which one of a simulated process cannot: it would stand still for ever, with whatever lock it
 * holds, and break all seeds that follow.
 */
final class DroppedMemory {

    /** Far below what any machine has, and more than thousands of seeds use up. */
    private static final long MOST_BYTES = 128L << 20;

    private static final BufferPoolMXBean POOL = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct")).findFirst().orElseThrow();

    private DroppedMemory() {}

    /** Frees it when there is much of it. Between two seeds. */
    static void collect() {
        if (POOL.getMemoryUsed() > MOST_BYTES) {
            System.gc();
        }
    }
}

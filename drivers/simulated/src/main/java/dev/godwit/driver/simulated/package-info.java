/**
 * A hypervisor without hardware. Its guests are a few numbers in memory that go on as the clock does: how long they have run, and how
 * much of their memory they have written since somebody looked.
 *
 * <p>A {@link dev.godwit.driver.simulated.SimulatedWorld} is what exists whether daemons live or not: hosts, their disks and the
 * machines that run on them. A {@link dev.godwit.driver.simulated.SimulatedSession} is one daemon's view of one host; when it is thrown
 * away and another one is made, that one finds the machines again, as a daemon that was killed would.
 */
package dev.godwit.driver.simulated;

/** The hypervisors this daemon serves: found as services, opened once, chosen by connection URI. */
package dev.godwit.daemon.hypervisor;

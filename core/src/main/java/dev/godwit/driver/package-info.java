/** What a hypervisor must be able to do. A driver implements {@link dev.godwit.driver.HypervisorDriver} and offers facets. */
package dev.godwit.driver;

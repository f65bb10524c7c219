/**
 * The tests that define what a driver is. A driver's own tests extend
 * {@link dev.godwit.driver.contract.LifecycleContract} and
 * {@link dev.godwit.driver.contract.MigrationContract} and say how to make hosts and guests of their kind; what
 * is tested is the same for all, so that nobody above the drivers has to ask which one there is.
 *
 * <p>A test ends with the whole world on all hosts, never with "an exception was thrown".
 */
package dev.godwit.driver.contract;

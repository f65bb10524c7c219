/**
 * Guests that are moved to and fro while daemons, clients and cables die: {@link dev.godwit.lab.chaos.ChaosTest} is the run,
 * {@link dev.godwit.lab.chaos.Journeys} moves guests, {@link dev.godwit.lab.chaos.Strikes} kills, {@link dev.godwit.lab.chaos.Copies}
 * watches that never two copies of a guest run, and {@link dev.godwit.lab.chaos.Tally} counts.
 */
package dev.godwit.lab.chaos;

/**
 * Ways to a host. A dialer knows an address and gives a connected channel; what is said over it is not its
 * business, so a way that encrypts or tunnels is one more dialer.
 */
package dev.godwit.client.dial;

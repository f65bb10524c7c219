/** Ways to a daemon: one class a transport. */
package dev.godwit.client.dial;

/**
 * This daemon as the source that drives: peer-to-peer migration.
 *
 * <p>The same coordinator as in a client, {@link dev.godwit.migration.MigrationProtocol}, with this host's driver as the
 * source and a stand-in over a connection of the daemon's own as the destination.
 */
package dev.godwit.daemon.peer;

/**
 * Migrations that this process drives: the two sides of {@link dev.godwit.migration.MigrationProtocol} as
 * stand-ins over connections, and the request as typed parameters.
 */
package dev.godwit.client.migration;

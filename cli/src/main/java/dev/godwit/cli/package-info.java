/**
 * The command line {@code godwit}: virsh's words, and a few of its own.
 *
 * <pre>
 *   Main              the process
 *   Program           from words to an exit code
 *     GlobalOptions   what stands before the command
 *     Catalogue       all commands, by name  ─►  cli.domain, cli.host, cli.migration
 *     Shell           commands line by line
 *     Completer       what could come next
 *   Training          a run for the JDK's AOT cache
 * </pre>
 */
package dev.godwit.cli;

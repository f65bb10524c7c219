/**
 * What {@code godwitd.conf} may say, and what it says.
 *
 * <pre>
 *   file ─► ConfigFile (syntax, lines) ─► DaemonConfig (ConfigKey by ConfigKey: type, range) ─► the daemon
 * </pre>
 *
 * <p>A key is declared once, in {@link dev.godwit.daemon.config.ConfigKeys}. Names and meanings are those of
 * {@code libvirtd.conf} and {@code qemu.conf} where these have such a key.
 */
package dev.godwit.daemon.config;

/** Where the daemon's log goes and what a line looks like. All code logs through {@link java.lang.System.Logger}. */
package dev.godwit.daemon.log;

/** The commands about hosts. */
package dev.godwit.cli.host;

/** The commands that move guests. */
package dev.godwit.cli.migration;

/** The commands about guests. */
package dev.godwit.cli.domain;

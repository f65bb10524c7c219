/** What a command is and what it works with. */
package dev.godwit.cli.command;

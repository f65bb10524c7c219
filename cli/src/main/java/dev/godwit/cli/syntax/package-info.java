/** What can be written on a command line, as data, and how it is read. Knows no commands. */
package dev.godwit.cli.syntax;

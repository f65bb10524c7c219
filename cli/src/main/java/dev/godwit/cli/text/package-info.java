/** How results look: tables, JSON, amounts, names of states. */
package dev.godwit.cli.text;

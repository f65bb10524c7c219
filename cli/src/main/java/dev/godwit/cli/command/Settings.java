package dev.godwit.cli.command;

import dev.godwit.client.ConnectOptions;

/**
 * What was said before the command's name.
 *
 * @param uri     where to connect to; empty for whatever this machine has
 * @param connect how
 * @param quiet   prints results and errors, and nothing beside them
 * @param timing  says how long each command took
 * @param json    prints results as JSON where a command can
 * @param escape  the control character that leaves a console
 */
public record Settings(
        String uri, ConnectOptions connect, boolean quiet, boolean timing, boolean json, char escape) {

    /** The same for another host. */
    public Settings withUri(String other, boolean readOnly) {
        return new Settings(other, connect.readOnly(readOnly), quiet, timing, json, escape);
    }
}

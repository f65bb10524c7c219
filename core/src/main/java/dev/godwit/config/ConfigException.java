package dev.godwit.config;

/** A configuration file that cannot be followed. The message names the place and says what is allowed. */
public final class ConfigException extends Exception {

    /**
     * What is wrong, and where.
     *
     * @param message {@code FILE:LINE: what is wrong; what is allowed}
     */
    public ConfigException(String message) {
        super(message);
    }

    /**
     * What is wrong in a line of a file.
     *
     * @param file the file
     * @param line from 1
     * @param what what is wrong and what is allowed
     */
    public ConfigException(String file, int line, String what) {
        super(file + ":" + line + ": " + what);
    }
}

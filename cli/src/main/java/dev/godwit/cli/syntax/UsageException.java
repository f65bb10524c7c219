package dev.godwit.cli.syntax;

/** What was written cannot be meant. The message is for the one who wrote it. */
public final class UsageException extends RuntimeException {

    /** An error of the one who wrote a command. */
    public UsageException(String message) {
        super(message, null, false, false);
    }
}

package dev.godwit.cli.command;

/** Which Godwit this is. */
public final class Version {

    /** As in the project's {@code pom.xml}, without what follows a dash; a test compares them. */
    public static final String NUMBER = "0.1.0";

    private Version() {}
}

package dev.godwit.wire.remote;

/**
 * One thing that a viewer proved to be.
 *
 * @param type the kind, such as "x509dname"
 * @param name the name
 */
public record GraphicsIdentity(String type, String name) {}

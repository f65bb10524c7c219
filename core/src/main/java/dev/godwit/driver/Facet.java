package dev.godwit.driver;

/**
 * One thing a host can do. A facet is wholly implemented or not offered; nothing throws
 * "unsupported".
 *
 * @see HostSession#facet(Class)
 */
public interface Facet {}

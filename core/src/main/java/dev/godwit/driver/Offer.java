package dev.godwit.driver;

/**
 * What the source says about the guest at the end of BEGIN.
 *
 * @param xml    the guest's definition in migratable form
 * @param cookie for the destination's PREPARE
 */
public record Offer(String xml, Cookie cookie) {}

package dev.godwit.wire.remote;

/**
 * One end of a viewer's connection.
 *
 * @param family  0 IPv4, 1 IPv6, 2 Unix
 * @param node    the address
 * @param service the port
 */
public record GraphicsAddress(int family, String node, String service) {}

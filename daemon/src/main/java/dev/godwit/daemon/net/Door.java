package dev.godwit.daemon.net;

import java.util.Optional;

/**
 * How a client came in.
 *
 * @param name     who and whence, for logs
 * @param way      what the way it came tells about it
 * @param readOnly whether by the socket that is for reading only
 * @param refusal  why it is not let in; such a client gets one answer, which says so
 */
public record Door(String name, Way way, boolean readOnly, Optional<String> refusal) {}

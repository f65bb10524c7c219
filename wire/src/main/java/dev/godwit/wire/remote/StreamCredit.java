package dev.godwit.wire.remote;

/**
 * How much a client may send through a stream: the body of a message of that stream from the server, with status CONTINUE,
 * between peers that have agreed on {@link Feature#STREAM_CREDIT}. Before the first one the client may send nothing.
 *
 * @param upTo bytes of data, counted from the stream's beginning; never less than in the credit before
 */
public record StreamCredit(long upTo) {}

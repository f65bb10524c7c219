/**
 * Messages on a stream of bytes.
 *
 * <pre>
 *   | length | program | version | procedure | type | serial | status | payload … |
 *   |   4    |                      6 × 4                            | length-28  |
 * </pre>
 *
 * <p>All numbers are big-endian, and the length counts itself. What a payload means is said by the header and by
 * {@link dev.godwit.wire.remote}; here it is bytes.
 *
 * <p>Locks: {@code FrameWriter} has one over its queue, which is never held while the channel is written.
 */
package dev.godwit.wire.frame;

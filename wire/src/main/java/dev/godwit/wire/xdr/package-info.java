/**
 * Bytes from records, as RFC 4506 lays them out.
 *
 * <pre>
 *   record ── Derivation ──► Form of Forms ── XdrCodec ──► bytes
 *             once a class,   Scalars, Sequences,
 *             by reflection   Structures
 * </pre>
 *
 * <p>Nobody marshals: a struct is a record, its components' order is the order on the wire, and a bound stands
 * beside what it protects. A program in a hurry may have bounds {@linkplain dev.godwit.wire.xdr.Repeated repeated} in
 * code. The remote protocol is written with this, and so is everything else of ours that has to
 * be bytes.
 */
package dev.godwit.wire.xdr;

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
 * beside what it protects. The remote protocol is written with this, and so is everything else of ours that has to
 * be bytes.
 */
package dev.godwit.wire.xdr;

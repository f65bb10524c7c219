/**
 * TLS over any channel.
 *
 * <pre>
 *   reader ──► TlsChannel ──► unwrap ◄── records ── transport
 *                 │ owes an answer (KeyUpdate)
 *                 ▼
 *              a thread of its own ──┐
 *   writer ──────────────────────────┴─► wrap ─── records ──► transport
 * </pre>
 *
 * <p>Locks: one for each direction. Neither is ever held while the other is taken, so that a peer that does not read
 * never keeps us from reading.
 */
package dev.godwit.wire.tls;

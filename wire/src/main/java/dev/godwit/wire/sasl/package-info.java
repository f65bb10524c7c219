/**
 * Proving who one is by SASL (RFC 4422), on both ends: SCRAM (RFC 5802, RFC 7677), which the JDK does not have, what it
 * has, and the security layer that follows where nothing else encrypts.
 *
 * <pre>
 *   SaslClients ─► SaslClient ◄──── procedures 67 to 69 ────► SaslServer ◄─ whoever keeps the users' keys
 *                      └────────────► SecurityLayer ◄────────────┘
 *                                          │
 *                                     SaslChannel
 * </pre>
 *
 * <p>SCRAM and PLAIN have no security layer. Over TCP without TLS both kinds of peer insist on one, so only GSSAPI
 * (and DIGEST-MD5, which is broken) will do there.
 */
package dev.godwit.wire.sasl;

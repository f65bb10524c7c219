/**
 * Who a client is, how it proves it, and what it may do.
 *
 * <pre>
 *   the socket ──► Identity ──► AuthRules: must it log in? ──► SaslService ──► Identity with a name
 *                                                                                    │
 *                    rpc.Dispatcher ──► AccessPolicy: may it do this? ──► Audit ◄────┘
 * </pre>
 */
package dev.godwit.daemon.access;

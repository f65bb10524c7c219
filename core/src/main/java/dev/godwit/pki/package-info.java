/**
 * X.509 certificates: the files in which administrators keep them, what makes one good, and making them.
 *
 * <pre>
 *   PkiFiles ──► Credentials ──► TlsSettings ──► SSLEngine      (a conversation)
 *                     │               └── ChainCheck, HostNameCheck
 *                     └── CertificateCheck, Expiry              (a start, a look at the files)
 *
 *   CertificateAuthority ──► CertificateBuilder                 (new ones)
 * </pre>
 *
 * <p>Files, names and rules are libvirt's, so that one set serves both daemons.
 */
package dev.godwit.pki;

/** Certificates for TLS, made and looked at on this machine. */
package dev.godwit.cli.pki;

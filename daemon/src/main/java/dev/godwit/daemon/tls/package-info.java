/** TLS on the port for calls: the daemon's certificates, and the rule for its clients'. */
package dev.godwit.daemon.tls;

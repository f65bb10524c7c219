/** The host the daemon runs on: who it is, its folders, and the service manager that started the daemon. */
package dev.godwit.daemon.host;
